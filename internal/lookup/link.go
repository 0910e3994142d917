package lookup

import (
	"net/url"
	"strings"
)

// Engine is a place to search in.
type Engine struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	URL  string `json:"url" doc:"%s stands for the query"`
	// Products are what a vendor's own site is offered for, as Query.Product names them; none: offered always.
	Products []string `json:"products,omitempty"`
}

// Engines are the places that are offered when the desk names none itself.
var Engines = []Engine{
	{Key: "stackoverflow", Name: "Stack Overflow", URL: "https://stackoverflow.com/search?q=%s"},
	{Key: "duckduckgo", Name: "DuckDuckGo", URL: "https://duckduckgo.com/?q=%s"},
	{Key: "google", Name: "Google", URL: "https://www.google.com/search?q=%s"},
	{Key: "github", Name: "GitHub issues", URL: "https://github.com/search?type=issues&q=%s"},
	{Key: "oracle", Name: "Oracle documentation", URL: "https://docs.oracle.com/search/?q=%s", Products: []string{"Oracle", "Java", "MySQL"}},
	{Key: "broadcom", Name: "Broadcom support", URL: "https://support.broadcom.com/web/ecx/search?searchString=%s", Products: []string{"AutoSys", "VMware"}},
	{Key: "microsoft", Name: "Microsoft Learn", URL: "https://learn.microsoft.com/en-us/search/?terms=%s", Products: []string{"Windows", "SQL Server", ".NET"}},
	{Key: "postgresql", Name: "PostgreSQL documentation", URL: "https://www.postgresql.org/search/?q=%s", Products: []string{"PostgreSQL"}},
	{Key: "redhat", Name: "Red Hat customer portal", URL: "https://access.redhat.com/search/?q=%s", Products: []string{"Linux", "systemd", "OpenShift", "JBoss"}},
	{Key: "apache", Name: "Apache issues", URL: "https://issues.apache.org/jira/issues/?jql=%s", Products: []string{"Hadoop", "Kafka", "HBase", "Spark", "ZooKeeper", "Hive", "Cassandra", "Tomcat", "Maven"}},
}

// For gives the engines that fit a product: those for everything, and the vendor's own sites.
func For(product string, engines []Engine) []Engine {
	var out []Engine
	for _, e := range engines {
		if len(e.Products) == 0 || contains(e.Products, product) {
			out = append(out, e)
		}
	}
	return out
}

// contains reports whether a product is one of the list, by itself or as a part of its name: Oracle of Oracle Database.
func contains(list []string, product string) bool {
	product = " " + strings.ToLower(product) + " "
	for _, v := range list {
		if strings.Contains(product, " "+strings.ToLower(v)+" ") {
			return true
		}
	}
	return false
}

// Links gives the address of each engine for a query, by the engine's key. An empty query has no links.
func Links(query string, engines []Engine) map[string]string {
	out := map[string]string{}
	if strings.TrimSpace(query) == "" {
		return out
	}
	for _, e := range engines {
		q := query
		if strings.Contains(e.URL, "jql=") {
			q = `text ~ "` + strings.NewReplacer(`\`, " ", `"`, " ").Replace(query) + `"`
		}
		out[e.Key] = strings.ReplaceAll(e.URL, "%s", url.QueryEscape(q))
	}
	return out
}
