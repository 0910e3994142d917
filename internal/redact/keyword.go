package redact

// keywords finds many words at once in one pass over the bytes, case aside (Aho and Corasick, 1975). The states are a
// table over classes of bytes, so a byte costs one look-up.
type keywords struct {
	class [256]uint8 // of a byte; 0 stands in no word
	width int
	next  []uint16 // state and class to state
	says  [][]int  // of a state, the words that end there
	steps []uint32 // next, with the place of the state's row in it instead of its number, and a low bit where a word ends
}

// newKeywords makes the table of words in small letters.
func newKeywords(words []string) *keywords {
	k := &keywords{width: 1}
	for _, w := range words {
		for i := 0; i < len(w); i++ {
			if c := w[i]; k.class[c] == 0 {
				k.class[c] = uint8(k.width)
				if class[c] == isLower {
					k.class[c-'a'+'A'] = uint8(k.width)
				}
				k.width++
			}
		}
	}
	k.grow()
	for n, w := range words {
		state := 0
		for i := 0; i < len(w); i++ {
			to := &k.next[state*k.width+int(k.class[w[i]])]
			if *to == 0 {
				fresh := uint16(len(k.says))
				*to = fresh
				k.grow()
			}
			state = int(k.next[state*k.width+int(k.class[w[i]])])
		}
		k.says[state] = append(k.says[state], n)
	}
	fail := make([]int, len(k.says))
	var queue []int
	for c := range k.width {
		if s := int(k.next[c]); s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		k.says[state] = append(k.says[state], k.says[fail[state]]...)
		for c := range k.width {
			to := &k.next[state*k.width+c]
			if *to == 0 {
				*to = k.next[fail[state]*k.width+c]
				continue
			}
			fail[*to] = int(k.next[fail[state]*k.width+c])
			queue = append(queue, int(*to))
		}
	}
	k.steps = make([]uint32, len(k.next))
	for i, to := range k.next {
		k.steps[i] = uint32(int(to)*k.width) << 1
		if len(k.says[to]) > 0 {
			k.steps[i] |= 1
		}
	}
	k.next = nil
	return k
}

// grow adds a state.
func (k *keywords) grow() {
	k.next = append(k.next, make([]uint16, k.width)...)
	k.says = append(k.says, nil)
}
