package demo

import "time"

func (s *story) sql(d time.Duration, who, database, statement, result string, millis int64) *story {
	return s
}
func (s *story) terminal(d time.Duration, who, title, text string) *story { return s }
func (s *story) log(d time.Duration, who, title, text string) *story      { return s }
