package desk

import "context"

// fewFound is below how many finds a better spelling is looked for.
const fewFound = 3

func (d *Desk) suggest(ctx context.Context, f finding, q string) (string, error) {
	return "", nil
}
