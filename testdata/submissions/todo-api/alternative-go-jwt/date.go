package main

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// dateOnly is a date of RFC 3339 ("2026-03-31") in JSON and a date in Postgres.
type dateOnly struct{ time.Time }

func (d dateOnly) MarshalJSON() ([]byte, error) { return json.Marshal(d.Format(time.DateOnly)) }

func (d *dateOnly) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	parsed, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return err
	}
	d.Time = parsed
	return nil
}

// Value and Scan let the driver read and write it.
func (d dateOnly) Value() (driver.Value, error) { return d.Time, nil }

func (d *dateOnly) Scan(source any) error {
	read, ok := source.(time.Time)
	if !ok {
		return fmt.Errorf("cannot read a date from %T", source)
	}
	d.Time = read
	return nil
}
