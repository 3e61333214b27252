CREATE TABLE "User" ("userId" serial PRIMARY KEY, "firstName" varchar(50) NOT NULL, "E-Mail" varchar(80) NOT NULL UNIQUE, "is ""vip""" boolean NOT NULL DEFAULT false);
CREATE TABLE "Order" ("orderId" serial PRIMARY KEY, "userId" int NOT NULL REFERENCES "User" ("userId"), "select" int NOT NULL CHECK ("select" IN (3, 7)), "createdAt" timestamptz NOT NULL DEFAULT now());
