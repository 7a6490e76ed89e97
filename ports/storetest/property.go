package storetest

import "testing"

func transitionsInterleaved(t *testing.T, f fixture) {}
