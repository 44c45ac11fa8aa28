import Primitives

extension LeafFacts {
    /// Reads the members; the caller checks them against the catalogue.
    init(
        reading reader: inout ObjectReader,
        in tree: TreeKind
    ) throws(DecodingRefusal) {
        event = try reader.value("type", AuditEvent.init(rawValue:))
        guard let outcome = AuditOutcome(rawValue: try reader.integer("outcome")) else {
            throw reader.refusal(.badForm, "outcome")
        }
        self.outcome = outcome
        reason = try reader.optionalValue("reason") { AuditReason($0) }
        organisation = try reader.value("organisation") { PartyID($0) }
        peer = try reader.optionalValue("peer") { LeafPeer($0) }
        object = try LeafObject(reading: try reader.object("object"), in: tree)
        statementSha256 = try reader.optionalValue("statementSha256") { Digest(hex: $0) }
        purpose = try reader.optionalValue("purpose", AuditPurpose.init(rawValue:))
        actor = try LeafActor(reading: try reader.object("actor"))
        network = try reader.optionalValue("network") { Commitment($0) }
        patient = try reader.optionalValue("patient") { Commitment($0) }
        consent = try reader.optionalValue("consent") { Commitment($0) }
        details = try reader.optionalValue("details") { Commitment($0) }
        if let json = reader.optional("recovery") {
            recovery = try TreeRecovery(reading: try ObjectReader(json), of: object)
        } else {
            recovery = nil
        }
    }
}

extension LeafPeer {
    // A party has 27 characters and a commitment 43: one text is never both.
    init?(_ text: String) {
        if let party = PartyID(text) {
            self = .named(party)
        } else if let commitment = Commitment(text) {
            self = .committed(commitment)
        } else {
            return nil
        }
    }

    var json: JSON {
        switch self {
        case .named(let party): .string(party.text)
        case .committed(let commitment): commitment.json
        }
    }
}

extension LeafObject {
    init(
        reading reader: consuming ObjectReader,
        in tree: TreeKind
    ) throws(DecodingRefusal) {
        var reader = reader
        let kind = try reader.value("kind", ObjectKind.init(rawValue:))
        let isCommitted = LeafObject.isCommitted(kind, in: tree)
        self.kind = kind
        sha256 = try reader.optionalValue("sha256") { Digest(hex: $0) }
        stage = try reader.optionalValue("stage") { AuditReason($0) }
        name = try reader.value("id") { Name($0, isCommitted: isCommitted) }
        try reader.finish()
    }

    var json: JSON {
        [
            "id": name.json,
            "kind": .string(kind.rawValue),
            "sha256": sha256.map { .string($0.hex) },
            "stage": stage.map { .string($0.text) },
        ]
    }
}

extension LeafObject.Name {
    // A clear name may look like a commitment, so the tree and the kind say which one is meant.
    init?(_ text: String, isCommitted: Bool) {
        if isCommitted {
            guard let commitment = Commitment(text) else { return nil }
            self = .committed(commitment)
        } else {
            guard let name = ObjectName(text) else { return nil }
            self = .clear(name)
        }
    }

    var json: JSON {
        switch self {
        case .clear(let name): .string(name.text)
        case .committed(let commitment): commitment.json
        }
    }
}

extension LeafActor {
    init(reading reader: consuming ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        kind = try reader.value("kind", AgentKind.init(rawValue:))
        commitment = try reader.optionalValue("commitment") { Commitment($0) }
        role = try reader.value("role") { RoleCode($0) }
        assurance = try reader.value("assurance", Assurance.init(rawValue:))
        try reader.finish()
    }

    var json: JSON {
        [
            "assurance": .string(assurance.rawValue),
            "commitment": commitment?.json,
            "kind": .string(kind.rawValue),
            "role": .string(role.text),
        ]
    }
}

extension AuditSource {
    init(reading reader: consuming ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        node = try reader.value("node") { NodeName($0) }
        productVersion = try reader.value("productVersion") { ProductVersion($0) }
        try reader.finish()
    }
}

extension Commitment {
    var json: JSON { .string(text) }
}
