package web

import "testing"

func TestPostText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Set `a<b` and `RETENTION`.", `<div class="text">Set <code>a&lt;b</code> and <code>RETENTION</code>.</div>`},
		{"Before\n\n```\na `b` c\n```\nafter `d`", `<div class="text">Before</div><pre tabindex="0"><code>a ` + "`b`" + ` c</code></pre><div class="text">after <code>d</code></div>`},
		{"````\n```\nx\n```\n````\nend", "<pre tabindex=\"0\"><code>```\nx\n```</code></pre><div class=\"text\">end</div>"},
		{"<script>`x`</script>", `<div class="text">&lt;script&gt;<code>x</code>&lt;/script&gt;</div>`},
		{"```\nnever closed", `<pre tabindex="0"><code>never closed</code></pre>`},
		{"", ""},
	} {
		if got := string(postText(c.text)); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}
