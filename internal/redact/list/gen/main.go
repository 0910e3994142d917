//go:build ignore

// Command main makes words.bin of the package list from plain lists, one name a line.
//
//	node dump.mjs FOLDER OUT      writes the lists of the packages that NOTICE names
//	go run main.go -dir OUT -to ../words.bin
//
// OUT also takes given-us.txt (names of the United States' Social Security files with 1,000 births or more),
// english-common.txt (SCOWL levels 10 to 35) and english.txt (levels 40 to 55). A missing file is an error.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"firebreak/internal/redact/list"
)

func main() {
	dir := flag.String("dir", ".", "folder of the lists")
	to := flag.String("to", "words.bin", "file to write")
	flag.Parse()
	words := map[uint32]list.Class{}
	for _, f := range []struct {
		name  string
		class list.Class
		parts bool // also keep the words of a phrase
	}{
		{"given.txt", list.Given, true},
		{"given-us.txt", list.Given, false},
		{"given-rare.txt", list.GivenRare, false},
		{"surname.txt", list.Surname, false},
		{"any-name.txt", list.Name, false},
		{"city-big.txt", list.CityBig, false},
		{"city.txt", list.City, false},
		{"country.txt", list.Country, false},
		{"region.txt", list.Region, false},
		{"demonym.txt", list.Demonym, false},
		{"english-common.txt", list.Common, false},
		{"english.txt", list.English, false},
		{"tech.txt", list.Tech, false},
		{"company.txt", list.Company, false},
	} {
		n, err := add(words, filepath.Join(*dir, f.name), f.class, f.parts)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-20s %7d\n", f.name, n)
	}
	prints := slices.Sorted(maps.Keys(words))
	classes := make([]list.Class, len(prints))
	for i, p := range prints {
		classes[i] = strongest(words[p])
	}
	b, err := list.Pack(prints, classes)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*to, b, 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d words, %d bytes\n", len(prints), len(b))
}

// strongest drops a class where a stronger one of the same kind is there.
func strongest(c list.Class) list.Class {
	for _, p := range [][2]list.Class{
		{list.Given, list.GivenRare | list.Name}, {list.Surname, list.Name}, {list.CityBig, list.City}, {list.Common, list.English},
		{list.Country, list.Region | list.City},
	} {
		if c&p[0] != 0 {
			c &^= p[1]
		}
	}
	return c
}

func add(words map[uint32]list.Class, name string, class list.Class, parts bool) (int, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if len([]rune(line)) < 2 {
			continue
		}
		words[list.Fingerprint(line)] |= class
		n++
		if parts {
			for _, w := range strings.Fields(line) {
				if len([]rune(w)) > 2 {
					words[list.Fingerprint(w)] |= class
				}
			}
		}
	}
	return n, nil
}
