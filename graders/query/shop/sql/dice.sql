-- What the data is made with. Nothing here is random: every value is a hash of the row's
-- number and of the salt of its column, so that each load gives the same rows.
CREATE FUNCTION loading.dice(n bigint, salt integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, salt) & 9007199254740991)::double precision / 9007199254740992;

-- A number from 1 to sides; an exponent above 1 favours the low ones, as sales and names do.
CREATE FUNCTION loading.pick(n bigint, salt integer, sides double precision, exponent double precision DEFAULT 1) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1 + floor(sides * power(loading.dice(n, salt), exponent))::bigint;

-- Popular rows lie anywhere in their table, not at its beginning. 7919 is a prime.
CREATE FUNCTION loading.scatter(rank bigint, rows bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1 + rank * 7919 % rows;

CREATE FUNCTION loading.list_price(product bigint) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round((3 + 900 * power(loading.dice(product, 16), 4))::numeric, 2);
