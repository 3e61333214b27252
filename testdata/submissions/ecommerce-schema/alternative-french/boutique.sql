CREATE TABLE utilisateurs (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    courriel         varchar(254) NOT NULL,
    mot_de_passe_hache varchar(255) NOT NULL,
    nom              varchar(200) NOT NULL,
    prenom           varchar(200) NOT NULL,
    date_inscription timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX utilisateurs_courriel ON utilisateurs (lower(courriel));

CREATE TABLE categories (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES categories (id),
    libelle   varchar(200) NOT NULL,
    CONSTRAINT categorie_unique UNIQUE NULLS NOT DISTINCT (parent_id, libelle),
    CONSTRAINT categorie_pas_son_parent CHECK (parent_id <> id)
);

CREATE TABLE produits (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    categorie_id bigint NOT NULL REFERENCES categories (id) ON DELETE RESTRICT,
    reference    varchar(40) NOT NULL UNIQUE,
    nom          varchar(250) NOT NULL,
    description  text NOT NULL,
    prix         numeric(10,2) NOT NULL CHECK (prix >= 0),
    stock        integer NOT NULL DEFAULT 0 CHECK (stock >= 0)
);
CREATE INDEX produits_categorie ON produits (categorie_id, nom);
CREATE INDEX produits_nom ON produits (nom varchar_pattern_ops);

CREATE TABLE commandes (
    id                    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    utilisateur_id        bigint NOT NULL REFERENCES utilisateurs (id) ON DELETE RESTRICT,
    statut                varchar(20) NOT NULL DEFAULT 'en_attente'
                          CHECK (statut IN ('en_attente', 'payee', 'expediee', 'livree', 'annulee')),
    date_commande         timestamptz NOT NULL DEFAULT now(),
    livraison_rue         varchar(200) NOT NULL,
    livraison_ville       varchar(100) NOT NULL,
    livraison_code_postal varchar(12) NOT NULL
);
CREATE INDEX commandes_utilisateur ON commandes (utilisateur_id, date_commande DESC);
CREATE INDEX commandes_statut ON commandes (statut, date_commande DESC);

CREATE TABLE lignes_commande (
    commande_id   bigint NOT NULL REFERENCES commandes (id) ON DELETE CASCADE,
    produit_id    bigint NOT NULL REFERENCES produits (id) ON DELETE RESTRICT,
    quantite      integer NOT NULL CHECK (quantite > 0),
    prix_unitaire numeric(10,2) NOT NULL CHECK (prix_unitaire >= 0),
    PRIMARY KEY (commande_id, produit_id)
);
CREATE INDEX lignes_commande_produit ON lignes_commande (produit_id);

CREATE TABLE paniers (
    utilisateur_id bigint PRIMARY KEY REFERENCES utilisateurs (id) ON DELETE CASCADE,
    modifie_le     timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE lignes_panier (
    utilisateur_id bigint NOT NULL REFERENCES paniers (utilisateur_id) ON DELETE CASCADE,
    produit_id     bigint NOT NULL REFERENCES produits (id) ON DELETE CASCADE,
    quantite       integer NOT NULL CHECK (quantite > 0),
    PRIMARY KEY (utilisateur_id, produit_id)
);
CREATE INDEX lignes_panier_produit ON lignes_panier (produit_id);

CREATE TABLE paiements (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    commande_id bigint NOT NULL REFERENCES commandes (id) ON DELETE RESTRICT,
    montant     numeric(10,2) NOT NULL CHECK (montant > 0),
    moyen       varchar(20) NOT NULL CHECK (moyen IN ('carte', 'virement')),
    paye_le     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX paiements_commande ON paiements (commande_id);
