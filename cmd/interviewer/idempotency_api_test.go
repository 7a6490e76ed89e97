package main

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestKeyOnAPathOfAnyLength has a path for which no index has room.
func TestKeyOnAPathOfAnyLength(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		long := strings.Builder{}
		for range 250 { // nothing that could be compressed
			long.WriteString(uuid.NewString())
		}
		retry := request{method: "POST", path: "/api/v1/operations/" + long.String() + "/retry", token: token, bad: true}
		for key, want := range map[string][]string{
			"fit for use": {`["header","Idempotency-Key"] value_error`, `["path","operation_id"] uuid_parsing`},
			"fit":         {`["path","operation_id"] uuid_parsing`},
		} {
			retry.header = map[string]string{"Idempotency-Key": key}
			a.do(t, retry).wantsInvalid(want...)
		}
	})
}
