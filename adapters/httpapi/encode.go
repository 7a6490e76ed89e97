package httpapi

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// writeJSON writes an answer. It fails before anything is written; a client
// that is gone by then is nobody's failure.
func writeJSON(w http.ResponseWriter, status int, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return writeRaw(w, status, append(data, '\n'))
}

func writeRaw(w http.ResponseWriter, status int, data []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(data)
	return nil
}

// instant is the wire form of a time: RFC 3339 in UTC with six digits always,
// so that instants sort as strings too.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// orNull is the wire form of a text that may be missing.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// idOrNull is the wire form of an identifier that may be missing.
func idOrNull(id uuid.NullUUID) *uuid.UUID {
	if !id.Valid {
		return nil
	}
	return &id.UUID
}
