package sandbox

import (
	"context"
	"time"
)

// watchDisk kills a program that fills its writable layer. A file's size is limited by the
// kernel, their number only by this.
func (p *program) watchDisk(ctx context.Context) {
	const pause = 2 * time.Second
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.over:
			return
		case <-ticker.C:
		}
		var size int64
		err := p.lab.engine.call(ctx, "measure the program's disk", quick, func(ctx context.Context) error {
			inspected, _, err := p.lab.engine.cli.ContainerInspectWithRaw(ctx, p.id, true)
			if err == nil && inspected.ContainerJSONBase != nil && inspected.SizeRw != nil {
				size = *inspected.SizeRw
			}
			return err
		})
		if err == nil && size > p.limits.DiskBytes {
			p.mu.Lock()
			p.overDisk = true
			p.mu.Unlock()
			_ = p.kill(ctx)
			return
		}
	}
}

// wroteTooMuch reports whether it was ended for that.
func (p *program) wroteTooMuch() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.overDisk
}
