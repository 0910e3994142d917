package desk_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

const (
	adminMail     = "ada@example.com"
	adminPassword = "a long enough pass phrase"
)

// staffed is a desk that is set up: Ada is the admin, Dana an agent, Lea a lead, Rita a requester.
type staffed struct {
	*desk.Desk
	clock                *clock.Manual
	ada, dana, lea, rita person.Person
}

func eachStaffed(t *testing.T, fn func(t *testing.T, d staffed)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		d := staffed{Desk: desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler)), clock: c}
		var err error
		if d.ada, err = d.SetUp(t.Context(), "Ada Park", adminMail, adminPassword, "Night desk"); err != nil {
			t.Fatal(err)
		}
		system := desk.AsSystem(t.Context(), "cli", "")
		for _, p := range []struct {
			to   *person.Person
			name string
			role person.Role
		}{{&d.dana, "Dana Reyes", person.Agent}, {&d.lea, "Lea Novak", person.Lead}, {&d.rita, "Rita Berg", person.Requester}} {
			first, _, _ := strings.Cut(strings.ToLower(p.name), " ")
			if *p.to, err = d.AddPerson(system, desk.AddPerson{Name: p.name, Email: first + "@example.com", Role: p.role}); err != nil {
				t.Fatal(err)
			}
		}
		fn(t, d)
	})
}

func as(t *testing.T, p person.Person) context.Context {
	return desk.WithCaller(t.Context(), desk.Caller{Person: p, Via: "page"})
}

func (d staffed) signIn(t *testing.T, email, password string) string {
	t.Helper()
	secret, _, err := d.SignIn(t.Context(), email, password, "Firefox", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func wantCode(t *testing.T, what string, err error, code fault.Code, field string) {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Code != code || f.Field != field {
		t.Errorf("%s: %v, want %s at %q", what, err, code, field)
	} else if f.Hint == "" {
		t.Errorf("%s: no hint what to do: %v", what, err)
	}
}

func TestSignInAndOut(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		secret := d.signIn(t, "ADA@example.com ", adminPassword)
		p, s, err := d.PersonBySession(t.Context(), secret)
		if err != nil || p.ID != d.ada.ID || !s.Current || s.UserAgent != "Firefox" || s.Address != "192.0.2.1" {
			t.Fatalf("session of %+v: %+v, %v", p, s, err)
		}
		ctx := desk.WithCaller(t.Context(), desk.Caller{Person: p, Via: "page", Session: secret})
		if list, err := d.Sessions(ctx, 0); err != nil || len(list) != 1 || !list[0].Current {
			t.Errorf("own sessions: %+v, %v", list, err)
		}
		if err := d.SignOut(ctx); err != nil {
			t.Fatal(err)
		}
		_, _, err = d.PersonBySession(t.Context(), secret)
		wantCode(t, "after signing out", err, fault.CodeUnauthenticated, "")
		for _, forged := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 5000), s.Key} {
			_, _, err = d.PersonBySession(t.Context(), forged)
			wantCode(t, "forged session", err, fault.CodeUnauthenticated, "")
		}
	})
}

func TestUnknownAndWrongAreTheSame(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		var said []string
		for _, try := range [][2]string{{adminMail, "not the pass phrase"}, {"nobody@example.com", adminPassword}, {"dana@example.com", adminPassword}, {"not an address", adminPassword}, {adminMail, strings.Repeat("x", 100_000)}} {
			_, _, err := d.SignIn(t.Context(), try[0], try[1], "", "192.0.2.7")
			wantCode(t, try[0], err, fault.CodeUnauthenticated, "")
			said = append(said, fmt.Sprint(err, fault.Of(err).Hint))
		}
		for _, s := range said {
			if s != said[0] {
				t.Errorf("two refusals can be told apart: %q, %q", s, said[0])
			}
		}
		_, _, err := d.SignIn(t.Context(), "", "", "", "192.0.2.7")
		if f := fault.Of(err); f == nil || f.Field != "email" || len(f.More) != 1 || f.More[0].Field != "password" {
			t.Errorf("empty form: %v", err)
		}
	})
}

func TestThrottle(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		try := func(email, password, address string) error {
			_, _, err := d.SignIn(t.Context(), email, password, "", address)
			return err
		}
		for _, email := range []string{adminMail, "nobody@example.com"} {
			for range 5 {
				wantCode(t, "wrong password", try(email, "wrong wrong wrong", "192.0.2.1"), fault.CodeUnauthenticated, "")
			}
			err := try(email, adminPassword, "192.0.2.1")
			wantCode(t, "sixth attempt for "+email, err, fault.CodeLimited, "")
			if !strings.Contains(fault.Of(err).Hint, "15 minutes") {
				t.Errorf("it does not say when to try again: %q", fault.Of(err).Hint)
			}
		}
		if err := try(adminMail, adminPassword, "192.0.2.2"); err != nil {
			t.Errorf("from another address: %v", err)
		}
		d.clock.Advance(14 * time.Minute)
		err := try(adminMail, adminPassword, "192.0.2.1")
		wantCode(t, "after 14 minutes", err, fault.CodeLimited, "")
		if !strings.Contains(fault.Of(err).Hint, "a minute") {
			t.Errorf("the wait did not shrink: %q", fault.Of(err).Hint)
		}
		d.clock.Advance(time.Minute)
		if err := try(adminMail, adminPassword, "192.0.2.1"); err != nil {
			t.Errorf("after 15 minutes: %v", err)
		}
		for range 4 { // success starts the count anew
			try(adminMail, "wrong wrong wrong", "192.0.2.1")
		}
		if err := try(adminMail, adminPassword, "192.0.2.1"); err != nil {
			t.Errorf("fifth attempt after a success: %v", err)
		}
	})
}

func TestThrottleCountsAnIPv6NetworkAsOne(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		for i := range 6 {
			_, _, err := d.SignIn(t.Context(), adminMail, "wrong wrong wrong", "", fmt.Sprintf("2001:db8::%x", i+1))
			if want := fault.CodeUnauthenticated; i < 5 {
				wantCode(t, "wrong password", err, want, "")
			} else {
				wantCode(t, "the sixth address of the network", err, fault.CodeLimited, "")
			}
		}
		if _, _, err := d.SignIn(t.Context(), adminMail, adminPassword, "", "2001:db8:0:1::1"); err != nil {
			t.Errorf("from the next network: %v", err)
		}
	})
}

func TestAttemptsAtOnceDoNotOutrunTheCount(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		tried := 0
		for range 20 {
			wg.Go(func() {
				if _, _, err := d.SignIn(t.Context(), adminMail, "wrong wrong wrong", "", "192.0.2.1"); fault.Is(err, fault.CodeUnauthenticated) {
					mu.Lock()
					tried++
					mu.Unlock()
				} else if !fault.Is(err, fault.CodeLimited) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tried > 5 {
			t.Errorf("%d passwords were tried at once, 5 are allowed", tried)
		}
	})
}

func TestSessionFixation(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		planted := d.signIn(t, adminMail, adminPassword)
		ctx := desk.WithCaller(t.Context(), desk.Caller{Person: d.ada, Session: planted})
		secret, _, err := d.SignIn(ctx, adminMail, adminPassword, "", "")
		if err != nil || secret == planted {
			t.Fatalf("signing in again gave %q, %v", secret, err)
		}
		_, _, err = d.PersonBySession(t.Context(), planted)
		wantCode(t, "the session from before", err, fault.CodeUnauthenticated, "")
		made := strings.Repeat("B", 43) // a cookie that an attacker made up
		ctx = desk.WithCaller(t.Context(), desk.Caller{Session: made})
		if secret, _, err = d.SignIn(ctx, adminMail, adminPassword, "", ""); err != nil || secret == made {
			t.Errorf("signing in with a made-up cookie gave %q, %v", secret, err)
		}
	})
}

func TestSessionsExpire(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		idle := d.signIn(t, adminMail, adminPassword)
		d.clock.Advance(desk.SessionIdle)
		_, _, err := d.PersonBySession(t.Context(), idle)
		wantCode(t, "idle for 14 days", err, fault.CodeUnauthenticated, "")

		busy := d.signIn(t, adminMail, adminPassword)
		begun := d.Now()
		for d.Now().Sub(begun) < desk.SessionLife-10*24*time.Hour {
			d.clock.Advance(10 * 24 * time.Hour)
			_, s, err := d.PersonBySession(t.Context(), busy)
			if err != nil || !s.SeenAt.Equal(d.Now()) {
				t.Fatalf("used after %v: %+v, %v", d.Now().Sub(begun), s, err)
			}
		}
		d.clock.Advance(10 * 24 * time.Hour)
		_, _, err = d.PersonBySession(t.Context(), busy)
		wantCode(t, "90 days old", err, fault.CodeUnauthenticated, "")
	})
}

func TestLastUseIsKeptOnceAMinute(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		secret := d.signIn(t, adminMail, adminPassword)
		seen := func() time.Duration {
			if _, _, err := d.PersonBySession(t.Context(), secret); err != nil {
				t.Fatal(err)
			}
			list, err := d.Sessions(as(t, d.ada), 0)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			return list[0].SeenAt.Sub(storetest.Start)
		}
		d.clock.Advance(30 * time.Second)
		if got := seen(); got != 0 {
			t.Errorf("written after 30 seconds: %v", got)
		}
		d.clock.Advance(30 * time.Second)
		if got := seen(); got != time.Minute {
			t.Errorf("after a minute it is %v", got)
		}
	})
}

func TestEndingSessions(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		if err := d.SetPassword(as(t, d.ada), d.dana.ID, "", "words that dana will keep"); err != nil {
			t.Fatal(err)
		}
		here, there := d.signIn(t, "dana@example.com", "words that dana will keep"), d.signIn(t, "dana@example.com", "words that dana will keep")
		ada := d.signIn(t, adminMail, adminPassword)
		_, s, _ := d.PersonBySession(t.Context(), ada)
		mine := desk.WithCaller(t.Context(), desk.Caller{Person: d.dana, Session: here})
		wantCode(t, "a session of somebody else", d.EndSession(mine, s.Key), fault.CodeNotFound, "")
		if _, err := d.Sessions(mine, d.ada.ID); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("reading another's sessions: %v", err)
		}
		if n, err := d.EndOtherSessions(mine, 0); err != nil || n != 1 {
			t.Errorf("ended %d others, %v", n, err)
		}
		if _, _, err := d.PersonBySession(t.Context(), there); !fault.Is(err, fault.CodeUnauthenticated) {
			t.Errorf("the other one lives: %v", err)
		}
		_, s, err := d.PersonBySession(t.Context(), here)
		if err != nil {
			t.Fatalf("the present one ended: %v", err)
		}
		if err := d.EndSession(as(t, d.ada), s.Key); err != nil { // as an admin
			t.Fatal(err)
		}
		if _, _, err := d.PersonBySession(t.Context(), here); !fault.Is(err, fault.CodeUnauthenticated) {
			t.Errorf("ended by an admin, it lives: %v", err)
		}
	})
}

func TestTokens(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		ctx := as(t, d.dana)
		secret, tok, err := d.CreateToken(ctx, 0, "nightly export", time.Time{})
		if err != nil || !strings.HasPrefix(secret, "fb_") || len(secret) != 46 || !strings.HasSuffix(secret, tok.Hint) {
			t.Fatalf("token %q %+v, %v", secret, tok, err)
		}
		if p, err := d.PersonByToken(t.Context(), secret); err != nil || p.ID != d.dana.ID {
			t.Errorf("token of %+v, %v", p, err)
		}
		h := sha256.Sum256([]byte(secret))
		if stored, err := d.Store().Read().TokenByHash(t.Context(), hex.EncodeToString(h[:])); err != nil || stored.ID != tok.ID {
			t.Errorf("by its hash: %+v, %v", stored, err)
		}
		if _, err := d.Store().Read().TokenByHash(t.Context(), secret); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("the token is stored as it is: %v", err)
		}
		for _, forged := range []string{"", "fb_", secret[3:], secret + "x", "fb_" + strings.Repeat("A", 43)} {
			_, err := d.PersonByToken(t.Context(), forged)
			wantCode(t, "forged token", err, fault.CodeUnauthenticated, "")
		}
		short, _, err := d.CreateToken(ctx, 0, "for an hour", d.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.PersonByToken(t.Context(), short); err != nil {
			t.Error(err)
		}
		d.clock.Advance(time.Hour)
		if _, err := d.PersonByToken(t.Context(), short); !fault.Is(err, fault.CodeUnauthenticated) {
			t.Errorf("expired token: %v", err)
		}
		_, _, err = d.CreateToken(ctx, 0, "past", d.Now())
		wantCode(t, "token that has expired", err, fault.CodeInvalid, "expires_at")
		_, _, err = d.CreateToken(ctx, 0, " ", time.Time{})
		wantCode(t, "token without a name", err, fault.CodeInvalid, "name")
		if _, _, err = d.CreateToken(ctx, d.ada.ID, "theirs", time.Time{}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a token of an admin: %v", err)
		}
		wantCode(t, "revoking another's", d.RevokeToken(as(t, d.lea), tok.ID), fault.CodeNotFound, "")
		if err := d.RevokeToken(ctx, tok.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.PersonByToken(t.Context(), secret); !fault.Is(err, fault.CodeUnauthenticated) {
			t.Errorf("revoked token: %v", err)
		}
	})
}

func TestSessionSecretIsStoredHashed(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		secret := d.signIn(t, adminMail, adminPassword)
		if _, err := d.Store().Read().Session(t.Context(), secret); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("the secret itself finds a session: %v", err)
		}
		h := sha256.Sum256([]byte(secret))
		if _, err := d.Store().Read().Session(t.Context(), hex.EncodeToString(h[:])); err != nil {
			t.Errorf("its hash does not: %v", err)
		}
	})
}

func TestOutdatedHashIsRenewed(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		ctx := t.Context()
		const old = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc" // "password"
		if err := d.Store().Write(ctx, func(tx *store.Tx) error { return tx.SetPassword(ctx, d.dana.ID, old) }); err != nil {
			t.Fatal(err)
		}
		d.signIn(t, "dana@example.com", "password")
		hash, err := d.Store().Read().PasswordHash(ctx, d.dana.ID)
		if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("hash after signing in: %q, %v", hash, err)
		}
		d.signIn(t, "dana@example.com", "password")
	})
}
