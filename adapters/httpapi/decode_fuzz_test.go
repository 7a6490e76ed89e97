package httpapi

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// FuzzQuery reads every kind of parameter from any query: what is taken is
// within its bounds, and whatever is not is said to be bad.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "&", "=", "a=1;b=2", "%", "%zz", "limit=%00", "limit=1&limit=2", "limit=", "limit=0", "limit=-1", "limit=+1", "limit=1001", "limit=1e3",
		"limit=" + strings.Repeat("9", 400), "limit=9223372036854775808", "limit=0x10", "limit=١", "offset=9223372036854775807",
		"date=0000-01-01", "date=9999-12-31", "date=2025-02-30", "date=2025-1-1", "date=%32025-01-01", "date=2025-01-01%00",
		"id=f47ac10b58cc4372a5670e02b2c3d479", "id={f47ac10b-58cc-4372-a567-0e02b2c3d479}", "id=%6647ac10b-58cc-4372-a567-0e02b2c3d479",
		"cursor=", "cursor=MCAwIGY0N2FjMTBiLTU4Y2MtNDM3Mi1hNTY3LTBlMDJiMmMzZDQ3OQ", "cursor=%ff", "cursor=\xff", "%6cimit=3", "limit%00=3", "\u2028=\ufeff",
		"limit=1&" + strings.Repeat("a=b&", 3000),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q := readQuery(&http.Request{URL: &url.URL{Path: "/list", RawQuery: raw}})
		limit, asked := q.page()
		offset := q.count("offset", 0, 0)
		date, id := q.date("date"), q.uuid("id")
		sessions, messages := q.sessionPlace(), q.messagePlace()
		if len(q.bad) > 0 {
			for _, item := range q.bad {
				if len(item.Loc) == 0 || item.Loc[0] != "query" || item.Type == "" || item.Msg == "" {
					t.Errorf("%q: %v", raw, item)
				}
			}
			return
		}
		if limit < 1 || limit > maxPage || offset < 0 {
			t.Errorf("%q gave the limit %d and the offset %d", raw, limit, offset)
		}
		if asked != (q.values.Has("limit") || q.values.Has("cursor")) {
			t.Errorf("%q asks for a page: %t", raw, asked)
		}
		if date != nil && (date.Year() < 1 || date.Year() > 9999 || !date.Equal(date.Truncate(24*time.Hour)) || date.Format(time.DateOnly) != q.values.Get("date")) {
			t.Errorf("%q gave the day %v", raw, date)
		}
		if id.Valid && !strings.EqualFold(strings.ReplaceAll(q.values.Get("id"), "-", ""), strings.ReplaceAll(id.UUID.String(), "-", "")) {
			t.Errorf("%q gave the id %v", raw, id.UUID)
		}
		if sessions != nil && messages != nil {
			t.Errorf("%q is a place in both lists", raw)
		}
		// The next page is asked for with the same parameters, but the cursor.
		recorder := httptest.NewRecorder()
		q.linkNext(recorder, &http.Request{URL: &url.URL{Path: "/list"}}, "next")
		target, ok := strings.CutSuffix(strings.TrimPrefix(recorder.Header().Get("Link"), "<"), `>; rel="next"`)
		next, err := url.Parse(target)
		if !ok || err != nil || next.Query().Get("cursor") != "next" || next.Query().Get("limit") != q.values.Get("limit") {
			t.Errorf("%q is linked to %q: %v", raw, target, err)
		}
	})
}

// FuzzCursor reads any text as the place that a cursor holds: a place that is
// taken is the one that its own cursor gives.
func FuzzCursor(f *testing.F) {
	const id = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
	for _, seed := range []string{
		"", " ", "0 " + id, "0 0 " + id, "1766252409310000 " + id, "3 1766252409310000 " + id, "-1 -1 " + id, "+1 " + id, "1  " + id, "0 0 0 " + id,
		"9223372036854775807 " + id, "-9223372036854775808 " + id, "9223372036854775808 " + id, "2147483648 0 " + id, "-2147483648 0 " + id,
		"0 " + strings.ToUpper(id), "0 " + strings.ReplaceAll(id, "-", ""), "0\x00 " + id, "0 " + id + "\n", "\xff " + id, strings.Repeat("9 ", 4000) + id,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(cursor string) (*domain.SessionPlace, *domain.MessagePlace) {
			q := &query{values: url.Values{"cursor": {cursor}}}
			sessions, messages := q.sessionPlace(), q.messagePlace()
			if places := 2 - len(q.bad); places > 1 || (sessions != nil) != (places == 1 && messages == nil) {
				t.Errorf("%q is read as %v and %v: %v", cursor, sessions, messages, q.bad)
			}
			return sessions, messages
		}
		read(text)
		sessions, messages := read(base64.RawURLEncoding.EncodeToString([]byte(text)))
		if sessions != nil {
			if again, _ := read(cursor(sessions.CreatedAt, sessions.ID)); again == nil || *again != *sessions {
				t.Errorf("%q is %v, and then %v", text, sessions, again)
			}
		}
		if messages != nil {
			if _, again := read(cursor(messages.Seq, messages.CreatedAt, messages.ID)); again == nil || *again != *messages {
				t.Errorf("%q is %v, and then %v", text, messages, again)
			}
		}
	})
}

// FuzzIdempotencyKey reads any header: a key that is taken is fit to be stored,
// and is the same in quotes.
func FuzzIdempotencyKey(f *testing.F) {
	for _, seed := range []string{
		"", " ", "k", " k ", `"k"`, `""`, `"`, `"k`, `k"`, `"a"b"`, `"k";q=1`, "a b", "a,b", `a\b`, "a\x00b", "a\tb", "é", "\xff", "\u2028", "~!",
		strings.Repeat("x", 255), strings.Repeat("x", 256), `"` + strings.Repeat("x", 255) + `"`, strings.Repeat("x", 1<<20), uuid.NewString(),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		read := func(headers ...string) (string, validationError) {
			var bad validationError
			key := bad.idempotencyKey(&http.Request{Header: http.Header{idempotencyKeyHeader: headers}})
			return key, bad
		}
		key, bad := read(header)
		if len(bad) > 0 {
			return
		}
		if len(key) < 1 || len(key) > maxIdempotencyKey || strings.ContainsFunc(key, func(c rune) bool { return c < '!' || c > '~' }) {
			t.Errorf("%q was taken as the key %q", header, key)
		}
		if quoted, bad := read(`"` + key + `"`); quoted != key || len(bad) > 0 {
			t.Errorf("%q is the key %q, and in quotes %q, %v", header, key, quoted, bad)
		}
		if _, bad := read(header, header); len(bad) != 1 {
			t.Errorf("%q was taken twice", header)
		}
	})
}
