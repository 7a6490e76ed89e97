package domain

import (
	"crypto/sha256"
	"time"

	"github.com/google/uuid"
)

// IdempotencyWait is how long a request waits for another one with the same
// key that is still running.
const IdempotencyWait = 2 * time.Second

// IdempotencyKey names what a client wants to happen once, however often it
// asks (IETF draft-ietf-httpapi-idempotency-key-header). Two requests are the
// same if all but the fingerprint is; a client that then sends another body has
// made a mistake.
type IdempotencyKey struct {
	UserID       uuid.UUID
	Method, Path string            // of the request, as it was sent
	Key          string            // 1 to 255 visible ASCII characters, chosen by the client
	Fingerprint  [sha256.Size]byte // of the request's body
}

// Reply is what a client was told of what it asked for.
type Reply struct {
	Status   int    // of HTTP
	Location string // of what was created; empty if there is none
	Body     []byte
}
