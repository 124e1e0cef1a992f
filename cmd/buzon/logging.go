package main

import (
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"buzon/config"
	"buzon/schema"
)

// newLogger logs to w. It does not sample: a line that is not there would look
// like a thing that did not happen.
func newLogger(cfg config.Log, w io.Writer) (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(cfg.Level)
	if err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = func(t time.Time, out zapcore.PrimitiveArrayEncoder) {
		out.AppendString(t.In(schema.Zona).Format("2006-01-02T15:04:05.000-07:00"))
	}
	encoder := zapcore.NewJSONEncoder(enc)
	if cfg.Format == "console" {
		encoder = zapcore.NewConsoleEncoder(enc)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(w)), level)), nil
}

// quiet keeps the process log of a command that reports by itself to what went
// wrong.
func quiet(cfg config.Log) config.Log {
	if cfg.Level == "info" {
		cfg.Level = "warn"
	}
	return cfg
}
