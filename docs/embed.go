// Package docs holds the project's documents; the program serves one of them.
package docs

import _ "embed"

// OpenAPI is the description of the HTTP API, openapi.yaml.
//
//go:embed openapi.yaml
var OpenAPI []byte
