//go:build !unix

package main

import (
	"context"
	"errors"
)

func startPostgres(context.Context, string) (string, func(), error) {
	return "", nil, errors.New("name a database with --database")
}
