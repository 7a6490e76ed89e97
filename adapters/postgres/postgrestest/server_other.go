//go:build !linux

package postgrestest

import "syscall"

// dieWithParent does nothing here: a child outlives a killed test process.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
