package main

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// tlsSetting says with what certificate the service speaks TLS, if it does.
type tlsSetting struct {
	TLSCertFile string `name:"tls-cert-file" env:"TLS_CERT_FILE" type:"path" placeholder:"FILE" help:"Certificate of the service with those of its issuers, PEM: with it the service speaks HTTPS alone. Read again when it changes."`
	TLSKeyFile  string `name:"tls-key-file" env:"TLS_KEY_FILE" type:"path" placeholder:"FILE" help:"Private key of the certificate, PEM."`
}

// Validate refuses half a setting.
func (s tlsSetting) Validate() error {
	if (s.TLSCertFile == "") != (s.TLSKeyFile == "") {
		return errors.New("TLS_CERT_FILE, TLS_KEY_FILE: must both be set, or neither")
	}
	return nil
}

// serverTLS returns how the service speaks TLS, nil if it does not.
func (s tlsSetting) serverTLS(logger *slog.Logger) (*tls.Config, error) {
	if s.TLSCertFile == "" {
		return nil, nil
	}
	files := &certificateFiles{cert: s.TLSCertFile, key: s.TLSKeyFile, logger: logger}
	if err := files.load(); err != nil {
		return nil, fmt.Errorf("TLS_CERT_FILE, TLS_KEY_FILE: %w", err)
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return files.current(), nil },
	}, nil
}

// clientTLS returns how to reach the service on this machine, nil if it does
// not speak TLS. It must show the very certificate that is in the file, so its
// issuer, its names and its dates do not matter: a certificate is rarely for
// 127.0.0.1.
func (s tlsSetting) clientTLS() (*tls.Config, error) {
	if s.TLSCertFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(s.TLSCertFile)
	if err != nil {
		return nil, fmt.Errorf("TLS_CERT_FILE: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("TLS_CERT_FILE: holds no PEM")
	}
	return &tls.Config{
		InsecureSkipVerify: true, // for the comparison instead
		VerifyConnection: func(state tls.ConnectionState) error {
			if !bytes.Equal(state.PeerCertificates[0].Raw, block.Bytes) {
				return errors.New("the service shows another certificate than the one in TLS_CERT_FILE")
			}
			return nil
		},
	}, nil
}

// certificateFiles are a certificate and its key, read again when either file
// has changed. They are safe for concurrent use.
type certificateFiles struct {
	cert, key string
	logger    *slog.Logger

	mu     sync.Mutex
	seen   [2]fileStamp
	loaded *tls.Certificate
}

// fileStamp tells whether a file has changed.
type fileStamp struct {
	size     int64
	modified time.Time
}

// current looks at the files at each handshake, and keeps the certificate that
// it has while they are no pair, as between the writing of one and the other.
func (f *certificateFiles) current() *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stamps() != f.seen {
		if err := f.load(); err != nil {
			f.logger.Error("the new TLS certificate cannot be used; the former stays", "error", err.Error())
		} else {
			f.logger.Info("new TLS certificate")
		}
	}
	return f.loaded
}

// load stamps first, so that a change on the way is seen the next time.
func (f *certificateFiles) load() error {
	f.seen = f.stamps()
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.loaded = &pair
	return nil
}

// stamps has zeros for a file that is not there.
func (f *certificateFiles) stamps() (stamps [2]fileStamp) {
	for i, name := range []string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			stamps[i] = fileStamp{info.Size(), info.ModTime()}
		}
	}
	return stamps
}
