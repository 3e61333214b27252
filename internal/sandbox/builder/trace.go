package builder

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// trace is one "moby.buildkit.trace" message: the parts of BuildKit's StatusResponse
// (api/services/control/control.proto) that tell which step ran, what it printed and
// how it failed. Fields that are not listed are skipped.
type trace struct {
	steps []step
	logs  []stepLog
}

// step is a Vertex: one node of the build graph, usually one instruction.
type step struct {
	digest, name, failure      string
	cached, started, completed bool
}

// stepLog is a VertexLog: a piece of what a step printed.
type stepLog struct {
	digest string
	text   []byte
}

var errTrace = errors.New("the builder's progress is not what BuildKit sends")

// decodeTrace reads a StatusResponse. It fails on bytes that are no protocol buffer
// and ignores what it does not know.
func decodeTrace(raw []byte) (trace, error) {
	var decoded trace
	err := fields(raw, func(number int, value []byte) error {
		switch number {
		case 1:
			vertex, err := decodeStep(value)
			decoded.steps = append(decoded.steps, vertex)
			return err
		case 3:
			log, err := decodeLog(value)
			decoded.logs = append(decoded.logs, log)
			return err
		}
		return nil
	})
	return decoded, err
}

func decodeStep(raw []byte) (step, error) {
	var decoded step
	err := fields(raw, func(number int, value []byte) error {
		switch number {
		case 1:
			decoded.digest = string(value)
		case 3:
			decoded.name = string(value)
		case 4:
			decoded.cached = true // false is not sent
		case 5:
			decoded.started = true
		case 6:
			decoded.completed = true
		case 7:
			decoded.failure = string(value)
		}
		return nil
	})
	return decoded, err
}

func decodeLog(raw []byte) (stepLog, error) {
	var decoded stepLog
	err := fields(raw, func(number int, value []byte) error {
		switch number {
		case 1:
			decoded.digest = string(value)
		case 4:
			decoded.text = value
		}
		return nil
	})
	return decoded, err
}

// fields calls each for every field of a message. The value of a field that is not
// length-delimited is nil.
func fields(raw []byte, each func(number int, value []byte) error) error {
	for len(raw) > 0 {
		number, kind, length := protowire.ConsumeTag(raw)
		if length < 0 {
			return errTrace
		}
		raw = raw[length:]
		var value []byte
		if kind == protowire.BytesType {
			value, length = protowire.ConsumeBytes(raw)
		} else {
			length = protowire.ConsumeFieldValue(number, kind, raw)
		}
		if length < 0 {
			return errTrace
		}
		raw = raw[length:]
		if err := each(int(number), value); err != nil {
			return err
		}
	}
	return nil
}
