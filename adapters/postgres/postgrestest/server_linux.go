package postgrestest

import "syscall"

// dieWithParent lets a child shut down at once when this process ends, even
// if it is killed.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
}
