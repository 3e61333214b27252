CREATE TABLE usuarios (
    id_usuario     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    correo         TEXT NOT NULL,
    contrasena_hash TEXT NOT NULL,
    nombre         TEXT NOT NULL,
    apellidos      TEXT NOT NULL,
    telefono       TEXT,
    creado_en      TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT correo_en_minusculas CHECK (correo = lower(correo)),
    CONSTRAINT correo_unico UNIQUE (correo)
);

CREATE TABLE direcciones (
    id_direccion  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id_usuario    BIGINT NOT NULL REFERENCES usuarios (id_usuario) ON DELETE CASCADE,
    calle         TEXT NOT NULL,
    ciudad        TEXT NOT NULL,
    codigo_postal TEXT NOT NULL,
    pais          TEXT NOT NULL
);
CREATE INDEX idx_direcciones_usuario ON direcciones (id_usuario);
