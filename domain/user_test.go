package domain_test

import (
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// domainOf returns a domain name of so many octets, in labels of at most 63.
func domainOf(octets int) string {
	full := strings.Repeat(strings.Repeat("d", 63)+".", octets/64)
	return full + strings.Repeat("d", octets-len(full))
}

func TestNormalizeEmailAccepts(t *testing.T) {
	local64 := strings.Repeat("l", 64)
	for _, test := range []struct{ name, in, want string }{
		{"a plain address as it is", "name@example.com", "name@example.com"},
		{"a subdomain of a documentation domain", "name@sub.example.org", "name@sub.example.org"},
		{"upper case, and lowers it", "Name.SURNAME@Example.COM", "name.surname@example.com"},
		{"upper case beyond ASCII, and lowers it", "ÉMILE@ÜBER.EXAMPLE", "émile@über.example"},
		{"surrounding white space, and trims it", " \t\r\n name@example.com \n", "name@example.com"},
		{"surrounding white space beyond ASCII, and trims it", "\u00a0name@example.com\u2003", "name@example.com"},
		{"every punctuation mark of an atom", "!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"},
		{"a tag", "name+tag@example.com", "name+tag@example.com"},
		{"one-letter parts", "a@b.c", "a@b.c"},
		{"digits and hyphens inside a domain", "a@1-2.3x.example", "a@1-2.3x.example"},
		{"an international domain", "name@bücher.example", "name@bücher.example"},
		{"an international domain in its ASCII form", "name@xn--bcher-kva.example", "name@xn--bcher-kva.example"},
		{"an international local part and top level", "Пошта@приклад.укр", "пошта@приклад.укр"},
		{"a script that needs combining marks", "ईमेल@उदाहरण.भारत", "ईमेल@उदाहरण.भारत"},
		{"a reserved word below the top level", "name@test.example.com", "name@test.example.com"},
		{"a top level that only begins like a reserved one", "name@example.testing", "name@example.testing"},
		{"64 octets before the @", local64 + "@example.com", local64 + "@example.com"},
		{"64 octets before the @ in 32 letters", strings.Repeat("é", 32) + "@example.com", strings.Repeat("é", 32) + "@example.com"},
		{"254 octets in all", local64 + "@" + domainOf(189), local64 + "@" + domainOf(189)},
		{"254 octets and white space around them", "  " + local64 + "@" + domainOf(189) + "  ", local64 + "@" + domainOf(189)},
		{"a label of 63 octets", "a@" + strings.Repeat("d", 63) + ".com", "a@" + strings.Repeat("d", 63) + ".com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := domain.NormalizeEmail(test.in)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestNormalizeEmailRefuses(t *testing.T) {
	const (
		blank    = "must not be blank"
		tooLong  = "must have at most 254 bytes"
		tooLocal = "must have at most 64 bytes before the @"
		form     = "must be an e-mail address like name@example.com"
		host     = "must have a domain that can receive mail, like example.com"
	)
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", blank},
		{"white space alone", " \t\n\u00a0", blank},

		{"65 octets before the @", strings.Repeat("l", 65) + "@example.com", tooLocal},
		{"66 octets before the @ in 33 letters", strings.Repeat("é", 33) + "@example.com", tooLocal},
		{"66 octets before the @ once lower case", strings.Repeat("Ⱥ", 22) + "@example.com", tooLocal},
		{"255 octets in all", strings.Repeat("l", 64) + "@" + domainOf(190), tooLong},
		{"a megabyte", strings.Repeat("a", 1<<20) + "@example.com", tooLong},

		{"no @", "name.example.com", form},
		{"an @ alone", "@", form},
		{"nothing before the @", "@example.com", form},
		{"nothing after the @", "name@", form},
		{"two @", "name@other@example.com", form},
		{"two @ in a row", "name@@example.com", form},
		{"a display name", "Name <a@b.c>", form},
		{"angle brackets", "<a@b.c>", form},
		{"a quoted display name", `"Name" <a@b.c>`, form},
		{"an encoded display name", "=?utf-8?q?Name?= <a@b.c>", form},
		{"a comment", "name(comment)@example.com", form},
		{"a comment at the end", "name@example.com (comment)", form},
		{"a quoted local part", `"name"@example.com`, form},
		{"a quoted local part with a space", `"first last"@example.com`, form},
		{"a quoted local part with an @", `"a@b"@example.com`, form},
		{"a list of addresses", "a@example.com,b@example.com", form},
		{"a list in a group", "friends: a@example.com;", form},
		{"a dot at the beginning", ".name@example.com", form},
		{"a dot before the @", "name.@example.com", form},
		{"two dots in a row", "first..last@example.com", form},
		{"a backslash", `na\me@example.com`, form},

		{"a space before the @", "first last@example.com", form},
		{"a space beside the @", "name @example.com", form},
		{"a space in the domain", "name@exam ple.com", form},
		{"a no-break space inside", "first\u00a0last@example.com", form},
		{"a line break inside", "name\r\n@example.com", form},
		{"a header after a line break", "name@example.com\nbcc: all@example.com", form},
		{"a NUL", "na\x00me@example.com", form},
		{"a NUL at the end", "name@example.com\x00", form},
		{"an escape character", "na\x1bme@example.com", form},
		{"a delete character", "na\x7fme@example.com", form},
		{"a C1 control character", "na\u0081me@example.com", form},
		{"a zero-width space", "na\u200bme@example.com", form},
		{"a right-to-left override", "na\u202eme@example.com", form},
		{"a byte-order mark at the beginning", "\ufeffname@example.com", form},

		{"a capital i with a dot, which folds to i", "admİn@example.com", form},
		{"the sign of kelvin, which folds to k", "\u212aate@example.com", form},
		{"invalid UTF-8", "na\xffme@example.com", form},

		{"an IPv4 literal", "name@[127.0.0.1]", form},
		{"an IPv6 literal", "name@[IPv6:2001:db8::1]", form},
		{"a bare IPv4 address", "name@127.0.0.1", host},
		{"a short IPv4 address", "name@127.1", host},
		{"a hexadecimal IPv4 address", "name@0x7f.1", host},
		{"a bare IPv6 address", "name@2001:db8::1", form},

		{"a domain without a dot", "name@example", host},
		{"a host of its own", "name@localhost", host},
		{"the top level .test", "name@example.test", host},
		{"the top level .local", "name@printer.local", host},
		{"the top level .localhost", "name@my.localhost", host},
		{"the top level .invalid", "name@example.invalid", host},
		{"the top level .onion", "name@abcdef.onion", host},
		{"the top level .arpa", "name@1.168.192.in-addr.arpa", host},
		{"a reserved top level in upper case", "name@example.TEST", host},
		{"a reserved top level and a final dot", "name@example.test.", form},

		{"a dot at the beginning of the domain", "name@.example.com", form},
		{"a dot at the end of the domain", "name@example.com.", form},
		{"two dots in the domain", "name@example..com", form},
		{"a hyphen at the beginning of a label", "name@-example.com", host},
		{"a hyphen at the end of a label", "name@example-.com", host},
		{"an underscore in the domain", "name@my_host.example.com", host},
		{"a symbol in the domain", "name@☃.example.com", host},
		{"a full stop of another script", "name@example。com", host},
		{"a label of 64 octets", "a@" + strings.Repeat("d", 64) + ".com", host},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := domain.NormalizeEmail(test.in)
			if err == nil || got != "" {
				t.Fatalf("accepted as %q, %v", got, err)
			}
			if err.Error() != test.want {
				t.Errorf("refused because it %q, want %q", err, test.want)
			}
		})
	}
}

func FuzzNormalizeEmail(f *testing.F) {
	for _, seed := range []string{
		"", "@", "name@example.com", " Name@EXAMPLE.com\n", "Name <a@b.c>", `"a b"@example.com`, "a@b@c.de",
		"name@[127.0.0.1]", "name@127.0.0.1", "name@localhost", "name@example.test", "пошта@приклад.укр",
		"İ@example.com", "Ⱥ@example.com", "\u212a@example.com", "na\xffme@example.com", "=?utf-8?q?a?= <a@b.c>",
		strings.Repeat("l", 64) + "@" + domainOf(189), strings.Repeat("Ⱥ", 100) + "@example.com",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		email, err := domain.NormalizeEmail(s)
		if err != nil {
			if email != "" || err.Error() == "" {
				t.Errorf("%q is refused with %q, %q", s, email, err)
			}
			return
		}
		if again, err := domain.NormalizeEmail(email); err != nil || again != email {
			t.Errorf("%q gives %q, which gives %q, %v", s, email, again, err)
		}
		if len(email) > domain.MaxEmailOctets {
			t.Errorf("%q gives %d octets", s, len(email))
		}
		if strings.ToLower(email) != email {
			t.Errorf("%q gives %q, not lower case", s, email)
		}
	})
}

func TestCredentials(t *testing.T) {
	const (
		emoji       = "🔑" // one code point, four bytes
		programmer  = "👩\u200d💻"
		goodEmail   = "name@example.com"
		longEnough  = "8 horses"
		longEnough2 = "pässwörd"
	)
	email := domain.FieldError{Path: []any{"email"}, Rule: domain.RuleValue}
	short := domain.FieldError{Path: []any{"password"}, Rule: domain.RuleTooShort, Limit: 8}
	long := domain.FieldError{Path: []any{"password"}, Rule: domain.RuleTooLong, Limit: 128}
	refused := domain.FieldError{Path: []any{"password"}, Rule: domain.RuleValue}
	common := domain.FieldError{Path: []any{"password"}, Rule: domain.RuleTooCommon}
	type fields = []domain.FieldError

	for _, test := range []struct {
		name            string
		email, password string
		registration    fields // what signing up refuses
		login           fields // what logging in refuses
	}{
		{"eight characters are long enough", goodEmail, longEnough, nil, nil},
		{"eight characters of ten bytes are long enough", goodEmail, longEnough2, nil, nil},
		{"seven characters are too short to sign up", goodEmail, "1234567", fields{short}, nil},
		{"seven characters of 28 bytes are too short to sign up", goodEmail, strings.Repeat(emoji, 7), fields{short}, nil},
		{"eight emoji are long enough", goodEmail, strings.Repeat(emoji, 8), nil, nil},
		{"a joined emoji counts each code point", goodEmail, programmer + programmer + "12", nil, nil},
		{"one character is too short to sign up", goodEmail, "1", fields{short}, nil},
		{"no character is too short to sign up", goodEmail, "", fields{short}, nil},
		{"128 characters are not too long", goodEmail, strings.Repeat("p", 128), nil, nil},
		{"128 emoji are not too long", goodEmail, strings.Repeat(emoji, 128), nil, nil},
		{"129 characters are too long", goodEmail, strings.Repeat("p", 129), fields{long}, fields{long}},
		{"129 emoji are too long", goodEmail, strings.Repeat(emoji, 129), fields{long}, fields{long}},
		{"white space around a password belongs to it", goodEmail, "  pass  ", nil, nil},
		{"white space around a password counts against its length", goodEmail, strings.Repeat("p", 128) + " ", fields{long}, fields{long}},
		{"white space alone is a password", goodEmail, "        ", nil, nil},
		{"a control character other than NUL is allowed", goodEmail, "pass\tword\x7f\n", nil, nil},
		{"a NUL is refused", goodEmail, "pass\x00word", fields{refused}, fields{refused}},
		{"a NUL at the end is refused", goodEmail, "password\x00", fields{refused}, fields{refused}},
		{"a short password is told so once, NUL or not", goodEmail, "\x00", fields{short}, fields{refused}},
		{"a common password is refused to sign up, and may log in", goodEmail, "password1", fields{common}, nil},
		{"a common password of the minimum length is refused to sign up", goodEmail, "12345678", fields{common}, nil},
		{"a common password is common in any letter case", goodEmail, "PassW0rd", fields{common}, nil},
		{"a common password and more is allowed", goodEmail, "password1 ada", nil, nil},
		{"two common passwords in two lines are allowed", goodEmail, "password1\npassword123", nil, nil},
		{"common words together are allowed", goodEmail, "correct horse", nil, nil},
		{"one repeated letter beyond the list is allowed, since there are no rules of composition", goodEmail, strings.Repeat("a", 40), nil, nil},
		{"a bad e-mail and a common password are named at once", "name", "password1", fields{email, common}, fields{email}},
		{"a bad e-mail is named", "name@localhost", longEnough, fields{email}, fields{email}},
		{"a missing e-mail is named", "", longEnough, fields{email}, fields{email}},
		{"both bad fields are named at once", "name", "", fields{email, short}, fields{email}},
		{"both bad fields are named at once, too long a password too", "name", strings.Repeat("p", 129),
			fields{email, long}, fields{email, long}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := domain.Credentials{Email: test.email, Password: test.password}
			for _, use := range []struct {
				name  string
				check func() (domain.Credentials, error)
				want  fields
			}{
				{"registration", c.ForRegistration, test.registration},
				{"login", c.ForLogin, test.login},
			} {
				got, err := use.check()
				equal(t, use.name, brokenRules(t, err), use.want)
				if err == nil {
					equal(t, use.name, got, c)
				}
			}
		})
	}
}

func TestCredentialsNormaliseTheEmailAndLeaveThePassword(t *testing.T) {
	typed := domain.Credentials{Email: " Name@Example.COM ", Password: " PassWord "}
	want := domain.Credentials{Email: "name@example.com", Password: " PassWord "}
	registration, err := typed.ForRegistration()
	equal(t, "registration's error", err, nil)
	equal(t, "registration", registration, want)
	login, err := typed.ForLogin()
	equal(t, "login's error", err, nil)
	equal(t, "login", login, want)
}

func TestPasswordChangeTakesACommonPasswordAsTheCurrentOneAlone(t *testing.T) {
	equal(t, "away from a common one", domain.PasswordChange{Current: "password1", New: "correct horse"}.Check(), nil)
	equal(t, "to a common one", brokenRules(t, domain.PasswordChange{Current: "correct horse", New: "password1"}.Check()),
		[]domain.FieldError{{Path: []any{"new_password"}, Rule: domain.RuleTooCommon}})
}
