package urgency

import (
	"fmt"
	"time"
)

// explain says in short sentences what was stated, what the real deadline is,
// how long the work may take, and what follows.
func explain(now time.Time, a Answers, d deadline, v Verdict, s Settings) []string {
	says := []string{statedSentence(now, a) + " " + realSentence(now, a, d)}
	if d.far {
		says = append(says, farSentence(now, a, d))
	}
	says = append(says, workSentences(now, d, v, s)...)
	says = append(says, fireSentence(now, a, d, v))
	if a.Workaround {
		says = append(says, "There is a workaround, which helps people but does not move the deadline.")
	}
	if a.Spreading && a.Workaround {
		says = append(says, "It is spreading: if the workaround stops working, this is a wildfire.")
	}
	return says
}

func statedSentence(now time.Time, a Answers) string {
	by := plain(a.SaidBy)
	switch {
	case a.StatedAt.IsZero():
		return "No deadline was stated."
	case by == "":
		return fmt.Sprintf("Stated deadline: %s.", instant(now, a.StatedAt))
	}
	return fmt.Sprintf("Stated by %s: %s.", by, instant(now, a.StatedAt))
}

func realSentence(now time.Time, a Answers, d deadline) string {
	switch d.source {
	case calendar:
		return fmt.Sprintf("Real deadline: %s, %s (business calendar).", plain(d.event.Name), instant(now, d.at))
	case confirmed:
		return fmt.Sprintf("Real deadline: %s, when this happens: %s.", instant(now, d.at), plain(a.Consequence))
	case atItsWord:
		return fmt.Sprintf("It is taken at its word, because of: %s. Ask what happens at that minute.", plain(a.Reason))
	}
	switch {
	case named(a.Consequence):
		return fmt.Sprintf("Nobody has said when this happens: %s. Ask for the time.", plain(a.Consequence))
	case d.unfounded:
		return "Nobody has said what happens at that minute. Ask."
	}
	return "Nobody has named a real deadline. Ask what happens, and when."
}

func farSentence(now time.Time, a Answers, d deadline) string {
	return fmt.Sprintf("The words name %s, %s, which is %s after the stated time: ask which of the two is meant.",
		plain(d.event.Name), instant(now, d.event.At), Duration(d.event.At.Sub(a.StatedAt)))
}

// workSentences say how long the work may take and when it must start.
func workSentences(now time.Time, d deadline, v Verdict, s Settings) []string {
	work := effort(v.Effort)
	if !d.known() {
		return []string{work + "."}
	}
	start := clock(now, v.LatestStart)
	if s.Margin > 0 {
		start += fmt.Sprintf(" (a margin of %s kept)", Duration(s.Margin))
	}
	switch {
	case !v.RealAt.After(now):
		return []string{work + ".", fmt.Sprintf("The deadline passed %s ago.", Duration(now.Sub(v.RealAt)))}
	case v.Slack < 0:
		return []string{work + ".", fmt.Sprintf("The latest safe start was %s: the work may end %s too late.", start, Duration(v.Slack))}
	case !now.Before(v.LatestStart):
		return []string{work + ".", fmt.Sprintf("The latest safe start was %s: no slack is left.", start)}
	}
	return []string{work + ", so start by " + start + ".", fmt.Sprintf("Slack: %s.", Duration(v.Slack))}
}

// effort has no full stop, so that a sentence can go on.
func effort(e Effort) string {
	switch e.Source {
	case SourceDefault:
		return fmt.Sprintf("No similar tickets yet: %s is assumed", Duration(e.P80))
	case SourceApplication:
		return fmt.Sprintf("Tickets of this application took up to %s (80 of 100, %s)", Duration(e.P80), tickets(e.Sample))
	}
	return fmt.Sprintf("Similar tickets took up to %s (80 of 100, %s)", Duration(e.P80), tickets(e.Sample))
}

func fireSentence(now time.Time, a Answers, d deadline, v Verdict) string {
	switch {
	case a.Spreading && !a.Workaround:
		return "It is spreading and there is no workaround, so it is a wildfire."
	case !a.Stakes.Valid():
		return "Nobody has said who is hurt, so low stakes are assumed. Ask."
	case !a.Stakes.High():
		return fmt.Sprintf("The stakes are low (%s).", a.Stakes.Word())
	case v.Fire == Match:
		return fmt.Sprintf("The stakes are high (%s), but nobody has named a consequence.", a.Stakes.Word())
	case v.Fire == Wildfire:
		return fmt.Sprintf("The stakes are high (%s) and the latest safe start has come.", a.Stakes.Word())
	case !d.known():
		return fmt.Sprintf("The stakes are high (%s). Without a time there is no countdown.", a.Stakes.Word())
	}
	return fmt.Sprintf("The stakes are high (%s): it becomes a wildfire at %s unless it is solved.", a.Stakes.Word(), clock(now, v.TurnsAt))
}

func tickets(n int) string {
	if n == 1 {
		return "1 ticket"
	}
	return fmt.Sprintf("%d tickets", n)
}

// instant writes t in the location of now.
func instant(now, t time.Time) string { return t.In(now.Location()).Format("2006-01-02 15:04 MST") }

// clock writes only the time of day where t is on the day of now.
func clock(now, t time.Time) string {
	local := t.In(now.Location())
	if local.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return local.Format("15:04")
	}
	return instant(now, t)
}
