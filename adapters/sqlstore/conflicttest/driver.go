// Package conflicttest shows what a store does when statements lose conflicts
// and connections break, by a driver that injects both. Each engine's tests run
// it on their own driver.
package conflicttest

import (
	"context"
	"database/sql/driver"
	"sync"
)

// Injector decides what happens to the statements of a wrapped driver. It does
// nothing until it is told to.
type Injector struct {
	mu    sync.Mutex
	fault func(statement string, do func() error) error
}

// set makes f stand around every statement; "begin", "commit" and "rollback"
// are statements too. f calls do to let it happen.
func (i *Injector) set(f func(statement string, do func() error) error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fault = f
}

func (i *Injector) around(statement string, do func() error) error {
	i.mu.Lock()
	fault := i.fault
	i.mu.Unlock()
	if fault == nil {
		return do()
	}
	return fault(statement, do)
}

// Wrap returns a connector whose connections the injector stands around.
func (i *Injector) Wrap(connector driver.Connector) driver.Connector { return wrapped{connector, i} }

type wrapped struct {
	driver.Connector
	injector *Injector
}

func (w wrapped) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return conn{c.(whole), w.injector}, nil
}

// whole is what both drivers' connections are.
type whole interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
}

type conn struct {
	whole
	injector *Injector
}

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	err = c.injector.around(query, func() error {
		result, err = c.whole.ExecContext(ctx, query, args)
		return err
	})
	return result, err
}

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.injector.around(query, func() error {
		rows, err = c.whole.QueryContext(ctx, query, args)
		return err
	})
	return rows, err
}

func (c conn) BeginTx(ctx context.Context, options driver.TxOptions) (began driver.Tx, err error) {
	err = c.injector.around("begin", func() error {
		began, err = c.whole.BeginTx(ctx, options)
		return err
	})
	return tx{began, c.injector}, err
}

// CheckNamedValue lets the driver see values as they are, where it wants to.
func (c conn) CheckNamedValue(value *driver.NamedValue) (err error) {
	if checker, ok := c.whole.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(value)
	}
	value.Value, err = driver.DefaultParameterConverter.ConvertValue(value.Value)
	return err
}

type tx struct {
	driver.Tx
	injector *Injector
}

// Commit rolls back what may not be committed, as an engine does.
func (t tx) Commit() error {
	done := false
	err := t.injector.around("commit", func() error { done = true; return t.Tx.Commit() })
	if !done {
		t.Tx.Rollback()
	}
	return err
}

func (t tx) Rollback() error { return t.injector.around("rollback", t.Tx.Rollback) }
