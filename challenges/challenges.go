// Package challenges embeds the challenge packages that come with the program. Below
// this folder there is data only.
package challenges

import "embed"

// Files holds one folder for each challenge.
//
//go:embed todo-api slow-query slow-query-*
var Files embed.FS
