package import Primitives

/// What an act is about, in the clear. The entry commits to the name where its tree wants that.
package struct AuditObject: Sendable {
    package let kind: ObjectKind
    /// Of a consent record or an account it is personal data.
    package let name: ObjectName
    let sha256: Digest?
    package var stage: AuditReason?
    /// The message that leaves about this object are found by.
    package var message: MessageID?

    package static func message(_ message: MessageID, sha256: Digest? = nil) -> AuditObject {
        AuditObject(.message, message.text, sha256: sha256, message: message)
    }

    /// A part of a message by its name in the archive, for example `sheet.json`.
    package static func part(_ name: ObjectName, of message: MessageID) -> AuditObject {
        AuditObject(.part, "\(message)/\(name)", message: message)
    }

    /// A draft or another part that no message carries yet.
    package static func part(_ sheet: SheetID) -> AuditObject { AuditObject(.part, sheet.text) }

    /// A receipt or another signed statement; its name is its hash.
    package static func statement(
        _ sha256: Digest,
        of message: MessageID? = nil
    ) -> AuditObject {
        AuditObject(.statement, sha256.hex, sha256: sha256, message: message)
    }

    /// A revocation list, `<issuerKeyId>-<number>`.
    package static func list(issuer: KeyID, number: Int64, sha256: Digest) -> AuditObject {
        AuditObject(.statement, "\(issuer)-\(number)", sha256: sha256)
    }

    package static func certificate(_ key: KeyID, sha256: Digest? = nil) -> AuditObject {
        AuditObject(.certificate, key.text, sha256: sha256)
    }

    package static func account(_ party: PartyID) -> AuditObject {
        AuditObject(.account, party.text)
    }

    /// The account of a person; its id says nothing about them.
    package static func account(_ account: AccountID) -> AuditObject {
        AuditObject(.account, account.text)
    }

    package static func consent(_ record: ConsentRecordID) -> AuditObject {
        AuditObject(.consent, record.text)
    }

    package static func setting(_ name: AuditReason) -> AuditObject {
        AuditObject(.setting, name.text)
    }

    /// Work on the machine, from its approval to its end.
    package static func maintenance(_ plan: MaintenanceID) -> AuditObject {
        AuditObject(.setting, "maintenance-\(plan)")
    }

    /// A tree, with the hash of a checkpoint note such as the last one of the year before.
    package static func tree(_ origin: TreeOrigin, sha256: Digest? = nil) -> AuditObject {
        AuditObject(.tree, origin.text, sha256: sha256)
    }

    package static func report(_ sha256: Digest) -> AuditObject {
        AuditObject(.report, sha256.hex, sha256: sha256)
    }

    /// A backup, by the time at which it was made, with the hash of its manifest.
    package static func backup(at time: Timestamp, sha256: Digest? = nil) -> AuditObject {
        AuditObject(.backup, time.description, sha256: sha256)
    }

    private init(
        _ kind: ObjectKind,
        _ name: String,
        sha256: Digest? = nil,
        message: MessageID? = nil
    ) {
        guard let name = ObjectName(name) else {
            preconditionFailure("identifiers have the form of object names")
        }
        self.kind = kind
        self.name = name
        self.sha256 = sha256
        self.message = message
    }
}
