package static_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// tokenLine matches one token that has a light and a dark value.
var tokenLine = regexp.MustCompile(`^\s*--([a-z0-9-]+):\s*light-dark\(#([0-9a-f]{6}),\s*#([0-9a-f]{6})\);`)

// readTokens returns the colours of tokens.css, light first, by token name.
func readTokens(t *testing.T) map[string][2]string {
	t.Helper()
	file, err := os.Open("tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tokens := map[string][2]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if m := tokenLine.FindStringSubmatch(lines.Text()); m != nil {
			tokens[m[1]] = [2]string{m[2], m[3]}
		}
	}
	return tokens
}

// luminance is the relative luminance of WCAG 2.2 for a colour written rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	channel := func(shift uint) float64 {
		c := float64(rgb>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// TestContrast holds every pair of colours that the style sheets put together to WCAG AA: 4.5 for text, 3 for graphics.
func TestContrast(t *testing.T) {
	const text, graphic = 4.5, 3.0
	surfaces := []string{"paper", "ground", "raised", "code", "select", "hover"}
	sets := []struct {
		least float64
		front []string
		back  []string
	}{
		{text, []string{"ink", "ink-2", "ink-3", "link"}, surfaces},
		{text, []string{"ember", "amber", "moss", "private"}, []string{"paper", "ground", "raised", "code", "select"}},
		{text, []string{"ink", "ink-2"}, []string{"find", "line"}},
		{text, []string{"ink", "ink-2", "ember"}, []string{"ember-soft"}},
		{text, []string{"ink", "ink-2", "amber"}, []string{"amber-soft"}},
		{text, []string{"ink", "ink-2", "moss"}, []string{"moss-soft"}},
		{text, []string{"ink", "ink-2", "ink-3", "private", "link"}, []string{"private-soft"}},
		{text, []string{"paper"}, []string{"ink", "private", "ember"}},
		{graphic, []string{"edge", "focus", "ember", "amber", "moss", "private", "ink-3"}, []string{"paper", "ground", "raised"}},
		{graphic, []string{"focus"}, []string{"select", "private-soft"}},
	}
	tokens := readTokens(t)
	if len(tokens) < 20 {
		t.Fatalf("only %d colour tokens were read; the format of tokens.css has changed", len(tokens))
	}
	for _, set := range sets {
		for _, front := range set.front {
			for _, back := range set.back {
				for side, theme := range [2]string{"light", "dark"} {
					t.Run(fmt.Sprintf("%s/%s on %s", theme, front, back), func(t *testing.T) {
						f, okF := tokens[front]
						b, okB := tokens[back]
						if !okF || !okB {
							t.Fatalf("tokens.css has no colour named %q or %q", front, back)
						}
						if got := contrast(t, f[side], b[side]); got < set.least {
							t.Errorf("#%s on #%s is %.2f : 1, at least %.1f is needed", f[side], b[side], got, set.least)
						}
					})
				}
			}
		}
	}
}
