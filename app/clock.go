package app

import "time"

// Clock tells the time, as time.Now does.
type Clock func() time.Time

// now returns the instant in the form in which every storage keeps it: UTC,
// whole microseconds.
func (c Clock) now() time.Time { return c().UTC().Truncate(time.Microsecond) }
