// Package query grades submissions that make a given slow query fast: an optimised query,
// the DDL that helps it, and the reasoning behind both. It stands between the lab and the
// results, on top of graders/script.
//
// Nothing is judged by a clock or by the planner's own opinion. What counts is whether the
// result is the same on every database, how many blocks and rows the server really touches,
// how that grows with the data, and what the help costs those who write.
//
// What a challenge asks is data: query.yaml with its SQL. The checks, which are the same for
// all of them, come with the kind, in the folder that a package sees as kind/.
package query
