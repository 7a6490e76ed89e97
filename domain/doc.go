// Package domain holds the entities of AI Interviewer and their rules. It is
// pure: it reads no clock, makes no identifier, does no input or output, and
// imports the standard library and google/uuid only.
//
// Times that enter the package are expected in UTC with microsecond
// precision, the finest that every storage keeps; identifiers are version 4
// UUIDs. Strings are measured in Unicode code points.
package domain
