package ddl

import (
	"context"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Apply runs the SQL in a session of its own as the owner, and goes on after a statement
// that is refused. An error is ours.
func Apply(ctx context.Context, lab database.Lab, source Source) (Result, error) {
	result := Result{Source: source, Notes: source.Notes}
	connection, err := database.Connect(ctx, lab, takehome.RoleOwner, database.Options{})
	if err != nil {
		return result, err
	}
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	for _, file := range source.Files {
		statements := sqlscript.Statements(sqlscript.Up(file.Text))
		for i, statement := range statements {
			answer, err := connection.Run(ctx, statement.Text)
			if err != nil {
				return result, err
			}
			result.Steps = append(result.Steps, Step{
				File: file.Path, Number: i + 1, Of: len(statements), Line: statement.Line, SQL: statement.Text, Refusal: answer.Refusal,
			})
		}
	}
	return result, nil
}
