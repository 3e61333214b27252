package script

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Together sends requests at the same instant, each on a connection of its own: a kept one
// may be replayed, and two requests cannot share it. The exchanges are in the order of the
// requests. A panic in one is an error like any other, so that it cannot end the process.
func (c *Client) Together(ctx context.Context, requests []Request) ([]*Exchange, error) {
	exchanges, failures := make([]*Exchange, len(requests)), make([]error, len(requests))
	barrier := make(chan struct{})
	var group sync.WaitGroup
	for n, request := range requests {
		request.Fresh = true
		group.Go(func() {
			defer func() {
				if cause := recover(); cause != nil {
					failures[n] = fmt.Errorf("panic in a parallel request: %v", cause)
				}
			}()
			<-barrier
			exchanges[n], failures[n] = c.Do(ctx, request)
		})
	}
	close(barrier)
	group.Wait()
	return exchanges, errors.Join(failures...)
}
