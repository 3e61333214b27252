// Package restapi grades submissions that are a REST API over Postgres. It stands
// between the lab and the results: it starts the program, finds out the shape of its
// API (binding), freezes that, runs the challenge's scripted checks with the step
// engine of graders/script, and adds the observations that data cannot describe.
//
// The resource it speaks about (nouns, fields, synonyms) is data of the challenge, in
// api.yaml. Nothing here knows of todos.
package restapi
