package outbound

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"

	"firebreak/internal/fault"
	"firebreak/internal/lookup"
)

// WebSearch asks a search engine that the desk's operator configured: SearXNG or a MediaWiki. It sends the query and nothing
// that tells who asks: no cookie, no referrer, no name of this desk, the same headers from every desk. It takes up to a
// megabyte of answer, follows a redirect on the same host alone, and goes through the configured proxy and no other; what
// the machine's environment says of proxies is not looked at.
type WebSearch struct{}

const (
	webAgent     = "Mozilla/5.0 (compatible; Firebreak)"
	webSeconds   = 10
	maxSeconds   = 60
	maxWebAnswer = 1 << 20
	maxWebHeader = 64 << 10
	maxWebHits   = 20
	maxRedirects = 3
	maxWebTitle  = 300 // runes
	maxWebText   = 1000
	maxWebURL    = 2000 // bytes
)

// The names of the settings, as faults give them.
const (
	settingURL     = "search.url"
	settingProxy   = "search.proxy"
	settingKind    = "search.kind"
	settingSeconds = "search.seconds"
)

// Search asks the endpoint and gives up to 20 results. Every failure is a fault that names the setting to look at.
func (WebSearch) Search(ctx context.Context, e lookup.Endpoint, query string) ([]lookup.WebResult, error) {
	if query = strings.TrimSpace(query); query == "" {
		return nil, fault.Invalid("q", "There is nothing to search for.", "No word of the text may leave; allow one, or search by hand.")
	}
	address, err := webAddress(e, query)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: maxWebHeader, ForceAttemptHTTP2: true}
	if e.Proxy != "" {
		p, err := url.Parse(e.Proxy)
		if err != nil || p.Host == "" || p.Scheme != "http" && p.Scheme != "https" && p.Scheme != "socks5" && p.Scheme != "socks5h" {
			return nil, fault.Invalid(settingProxy, "The address of the proxy for direct search cannot be used.", "Write it as http://proxy.example.com:3128, https://… or socks5://….")
		}
		t.Proxy = http.ProxyURL(p)
	}
	defer t.CloseIdleConnections()
	seconds := cmp.Or(e.Seconds, webSeconds)
	if seconds < 1 || seconds > maxSeconds {
		return nil, fault.Invalid(settingSeconds, fmt.Sprintf("The time limit of direct search must be 1 to %d seconds.", maxSeconds), "")
	}
	ctx, stop := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	defer stop()
	c := &http.Client{Transport: t, CheckRedirect: sameHost}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{"User-Agent": {webAgent}, "Accept": {"application/json"}, "Accept-Language": {"en"}}
	res, err := c.Do(req)
	if err != nil {
		return nil, webFailed(err, e, address, seconds)
	}
	defer res.Body.Close()
	if err := webStatus(res, e, address); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxWebAnswer+1))
	if err != nil {
		return nil, webFailed(err, e, address, seconds)
	}
	if len(body) > maxWebAnswer {
		return nil, webFault(fault.CodeUnavailable, settingURL, address.Host+" answered with more than 1 MB, which is not the answer of a search.", "Check the address of direct search.", nil)
	}
	found, err := readWeb(e.Kind, address, body)
	if err != nil {
		hint := "Check the address of direct search; it should be that of the instance itself, not of its page."
		if e.Kind == "searxng" {
			hint = "Check the address of direct search, and that json stands under search: formats: in the settings.yml of SearXNG."
		}
		return nil, webFault(fault.CodeUnavailable, settingURL, address.Host+" answered, but not with the results of a search.", hint, err)
	}
	return found, nil
}

func webFault(code fault.Code, field, message, hint string, err error) error {
	return &fault.Fault{Code: code, Field: field, Message: message, Hint: hint, Err: err}
}

// webAddress is what is asked for.
func webAddress(e lookup.Endpoint, query string) (*url.URL, error) {
	const hint = "Write the address of the instance, e.g. https://searx.example.com/search or https://en.wikipedia.org/w/api.php."
	u, err := url.Parse(strings.TrimSpace(e.URL))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return nil, fault.Invalid(settingURL, "The address for direct search cannot be used.", hint)
	}
	if u.User != nil {
		return nil, fault.Invalid(settingURL, "The address for direct search must not hold a password.", hint)
	}
	u.Fragment, u.RawFragment = "", ""
	q := u.Query()
	switch e.Kind {
	case "searxng":
		if !strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), "/search") {
			u.Path = path.Join("/", u.Path, "search")
		}
		u.Path = strings.TrimSuffix(u.Path, "/")
		q.Set("q", query)
	case "mediawiki":
		if !strings.HasSuffix(u.Path, ".php") {
			u.Path = path.Join("/", u.Path, "w/api.php")
		}
		q.Set("action", "query")
		q.Set("list", "search")
		q.Set("srsearch", query)
		q.Set("srlimit", strconv.Itoa(maxWebHits))
		q.Set("utf8", "1")
	default:
		return nil, fault.Invalid(settingKind, fmt.Sprintf("Direct search knows searxng and mediawiki, not %q.", e.Kind), "Choose one of them in the settings of look-up.")
	}
	q.Set("format", "json")
	u.RawQuery = q.Encode()
	return u, nil
}

var (
	errElsewhere = errors.New("redirect to another host")
	errTooMany   = errors.New("too many redirects")
)

// sameHost lets a redirect stay where the operator sent the desk, and never from https to http: what answers must not choose
// whom the desk asks next, least of all inside its own network.
func sameHost(req *http.Request, via []*http.Request) error {
	req.Header.Del("Referer")
	first := via[0].URL
	up := first.Scheme == "http" && req.URL.Scheme == "https" && first.Port() == "" && req.URL.Port() == ""
	switch {
	case len(via) > maxRedirects:
		return errTooMany
	case !strings.EqualFold(req.URL.Hostname(), first.Hostname()), req.URL.User != nil,
		!up && (req.URL.Scheme != first.Scheme || req.URL.Port() != first.Port()):
		return errElsewhere
	}
	return nil
}

// webFailed says why no answer came. The query stands in the address, so the error of the library is not repeated.
func webFailed(err error, e lookup.Endpoint, address *url.URL, seconds int) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	host := address.Host
	var dns *net.DNSError
	switch {
	case errors.Is(err, errElsewhere):
		return webFault(fault.CodeUnavailable, settingURL, host+" sends to another address, which direct search does not follow.", "Write the address it sends to into the settings, if you trust it.", err)
	case errors.Is(err, errTooMany):
		return webFault(fault.CodeUnavailable, settingURL, host+" sends in circles.", "Check the address of direct search.", err)
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return webFault(fault.CodeUnavailable, settingSeconds, fmt.Sprintf("%s did not answer within %d seconds.", host, seconds), "Try again; if it is always so, check whether this machine reaches it, give it more time, or set a proxy.", err)
	case strings.Contains(err.Error(), "proxyconnect") || strings.Contains(err.Error(), "socks connect"):
		return webFault(fault.CodeUnavailable, settingProxy, "The proxy for direct search does not let the search through.", "Check its address and whether it allows "+host+".", err)
	case errors.As(err, &dns):
		return webFault(fault.CodeUnavailable, settingURL, "The name "+dns.Name+" is not known here.", "Check the address of direct search, or set a proxy if this machine does not know outside names.", err)
	case strings.Contains(err.Error(), "x509:") || strings.Contains(err.Error(), "tls:"):
		return webFault(fault.CodeUnavailable, settingURL, "The certificate of "+host+" is not trusted, so nothing was sent.", "Check the address; for a certificate authority of your own, add it to the trusted ones of this machine.", err)
	}
	field, hint := settingURL, "Check the address of direct search, and whether this machine may reach it; a proxy can be set."
	if e.Proxy != "" {
		field, hint = settingProxy, "Check the address of direct search and its proxy."
	}
	return webFault(fault.CodeUnavailable, field, host+" could not be reached for direct search.", hint, err)
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// webStatus refuses every answer but a good one.
func webStatus(res *http.Response, e lookup.Endpoint, address *url.URL) error {
	host := address.Host
	switch {
	case res.StatusCode == http.StatusOK:
		return nil
	case res.StatusCode == http.StatusTooManyRequests:
		hint := "Wait a while, then search again."
		if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && n > 0 && n < 1<<20 {
			hint = fmt.Sprintf("Wait %s, then search again.", time.Duration(n)*time.Second)
		}
		if e.Kind == "searxng" {
			hint += " The limiter of your own SearXNG can let this desk through."
		}
		return webFault(fault.CodeLimited, settingURL, host+" has had too many searches for now.", hint, nil)
	case res.StatusCode == http.StatusProxyAuthRequired:
		return webFault(fault.CodeUnavailable, settingProxy, "The proxy for direct search wants a password.", "Write it as http://user:password@proxy.example.com:3128.", nil)
	case res.StatusCode == http.StatusForbidden && e.Kind == "searxng":
		return webFault(fault.CodeUnavailable, settingURL, host+" refuses to answer in JSON.", "Add json under search: formats: in the settings.yml of SearXNG.", nil)
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		return webFault(fault.CodeUnavailable, settingURL, host+" refuses the search.", "Check that this desk may use it without signing in.", nil)
	case res.StatusCode == http.StatusNotFound:
		return webFault(fault.CodeUnavailable, settingURL, host+" has no search at this address.", "Of SearXNG it ends in /search, of MediaWiki in /api.php.", nil)
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return webFault(fault.CodeUnavailable, settingURL, host+" sends elsewhere, but does not say where.", "Check the address of direct search.", nil)
	}
	return webFault(fault.CodeUnavailable, settingURL, fmt.Sprintf("%s cannot search at the moment (status %d).", host, res.StatusCode), "Try again in a while, or search by hand.", nil)
}

// readWeb reads an answer.
func readWeb(kind string, address *url.URL, body []byte) ([]lookup.WebResult, error) {
	out := []lookup.WebResult{}
	add := func(title, link, snippet string) {
		u, err := url.Parse(strings.TrimSpace(link))
		title = shownText(title, maxWebTitle)
		if err != nil || len(out) == maxWebHits || len(link) > maxWebURL || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
			return
		}
		out = append(out, lookup.WebResult{Title: cmp.Or(title, u.Hostname()), URL: u.String(), Snippet: shownText(snippet, maxWebText)})
	}
	if kind == "searxng" {
		var in struct {
			Results *[]struct{ URL, Title, Content string } `json:"results"`
		}
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, err
		}
		if in.Results == nil {
			return nil, errors.New("no results in it")
		}
		for _, r := range *in.Results {
			add(r.Title, r.URL, r.Content)
		}
		return out, nil
	}
	var in struct {
		Query *struct {
			Search []struct {
				Title, Snippet string
				PageID         int64
			}
		}
		Error *struct{ Code, Info string }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	if in.Query == nil {
		return nil, errors.New("no query in it")
	}
	for _, r := range in.Query.Search {
		page := url.URL{Scheme: address.Scheme, Host: address.Host, Path: path.Join(path.Dir(address.Path), "index.php"), RawQuery: "curid=" + strconv.FormatInt(r.PageID, 10)}
		add(r.Title, page.String(), r.Snippet)
	}
	return out, nil
}

// shownText makes one line of plain text of what somebody else wrote: no tags, no control or direction-changing characters,
// at most n runes.
func shownText(s string, n int) string {
	var b strings.Builder
	blank, count := false, 0
	const rich = 8 // bytes of markup and text for each rune shown
	for _, r := range html.UnescapeString(withoutTags(s[:min(len(s), rich*n)])) {
		switch {
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			continue
		}
		if count++; count > n {
			return b.String() + "…"
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// withoutTags leaves out what looks like a tag: a < with a letter or a slash behind it, up to the next >.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := strings.IndexByte(s[i:], '>')
		if end < 0 {
			b.WriteString(s)
			return b.String()
		}
		if c := s[i+1] | 0x20; c >= 'a' && c <= 'z' || s[i+1] == '/' || s[i+1] == '!' {
			b.WriteString(s[:i])
			s = s[i+end+1:]
		} else {
			b.WriteString(s[:i+1])
			s = s[i+1:]
		}
	}
}
