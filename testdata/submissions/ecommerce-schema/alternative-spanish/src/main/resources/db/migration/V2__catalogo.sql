CREATE TABLE categorias (
    id_categoria       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id_categoria_padre BIGINT REFERENCES categorias (id_categoria),
    nombre             TEXT NOT NULL,
    CONSTRAINT categoria_unica UNIQUE NULLS NOT DISTINCT (id_categoria_padre, nombre),
    CONSTRAINT categoria_no_es_su_padre CHECK (id_categoria <> id_categoria_padre)
);

CREATE TABLE productos (
    id_producto BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    codigo      TEXT NOT NULL UNIQUE,
    nombre      TEXT NOT NULL,
    descripcion TEXT NOT NULL DEFAULT '',
    precio      NUMERIC(10,2) NOT NULL CHECK (precio >= 0),
    existencias INTEGER NOT NULL DEFAULT 0 CHECK (existencias >= 0),
    activo      BOOLEAN NOT NULL DEFAULT TRUE
);
CREATE INDEX idx_productos_nombre ON productos (nombre text_pattern_ops);

CREATE TABLE productos_categorias (
    id_producto  BIGINT NOT NULL REFERENCES productos (id_producto) ON DELETE CASCADE,
    id_categoria BIGINT NOT NULL REFERENCES categorias (id_categoria) ON DELETE CASCADE,
    PRIMARY KEY (id_categoria, id_producto)
);
CREATE INDEX idx_productos_categorias_producto ON productos_categorias (id_producto);
