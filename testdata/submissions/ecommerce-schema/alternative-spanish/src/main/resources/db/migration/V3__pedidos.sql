CREATE TABLE pedidos (
    id_pedido     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id_usuario    BIGINT NOT NULL REFERENCES usuarios (id_usuario) ON DELETE RESTRICT,
    estado        TEXT NOT NULL DEFAULT 'pendiente'
                  CHECK (estado IN ('pendiente', 'pagado', 'enviado', 'entregado', 'cancelado')),
    fecha_pedido  TIMESTAMPTZ NOT NULL DEFAULT now(),
    envio_calle   TEXT NOT NULL,
    envio_ciudad  TEXT NOT NULL,
    envio_codigo_postal TEXT NOT NULL,
    envio_pais    TEXT NOT NULL
);
CREATE INDEX idx_pedidos_usuario ON pedidos (id_usuario, fecha_pedido DESC);
CREATE INDEX idx_pedidos_estado ON pedidos (estado, fecha_pedido DESC);

CREATE TABLE detalle_pedidos (
    id_pedido       BIGINT NOT NULL REFERENCES pedidos (id_pedido) ON DELETE CASCADE,
    id_producto     BIGINT NOT NULL REFERENCES productos (id_producto) ON DELETE RESTRICT,
    cantidad        INTEGER NOT NULL CHECK (cantidad > 0),
    precio_unitario NUMERIC(10,2) NOT NULL CHECK (precio_unitario >= 0),
    PRIMARY KEY (id_pedido, id_producto)
);
CREATE INDEX idx_detalle_producto ON detalle_pedidos (id_producto);

CREATE TABLE pagos (
    id_pago   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id_pedido BIGINT NOT NULL REFERENCES pedidos (id_pedido),
    monto     NUMERIC(10,2) NOT NULL CHECK (monto > 0),
    metodo    TEXT NOT NULL CHECK (metodo IN ('tarjeta', 'transferencia', 'efectivo')),
    referencia TEXT NOT NULL UNIQUE,
    fecha     TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_pagos_pedido ON pagos (id_pedido);

CREATE TABLE resenas (
    id_producto  BIGINT NOT NULL REFERENCES productos (id_producto) ON DELETE CASCADE,
    id_usuario   BIGINT NOT NULL REFERENCES usuarios (id_usuario) ON DELETE CASCADE,
    puntuacion   SMALLINT NOT NULL CHECK (puntuacion BETWEEN 1 AND 5),
    comentario   TEXT,
    PRIMARY KEY (id_producto, id_usuario)
);
CREATE INDEX idx_resenas_usuario ON resenas (id_usuario);
