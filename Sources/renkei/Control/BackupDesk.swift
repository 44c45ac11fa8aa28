import Cryptography
import Directory
import Exchange
import Gateway
import Primitives

/// Vouches for backups: who is backed up, signed, on record. The files are the command's matter.
protocol BackupDesk: Sendable {
    var backedUp: PartyID { get }
    func statement(onBackup manifest: Digest) async throws -> SignedStatement
    func noteBackup(_ manifest: Digest, at time: Timestamp) async throws
}

extension BackupDesk {
    func answerBackup(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        guard !name.hasSuffix(".owner") else {
            return ControlAnswer(["owner": .string(backedUp.text)])
        }
        let manifest = try reader.value("manifest") { Digest(hex: $0) }
        guard name.hasSuffix(".sign") else {
            let time = try reader.value("madeAt", Timestamp.init(_:))
            try await noteBackup(manifest, at: time)
            return ControlAnswer()
        }
        return ControlAnswer(files: [try await statement(onBackup: manifest).bytes])
    }
}

extension OrganisationGateway: BackupDesk {
    var backedUp: PartyID { PartyID(member) }

    func statement(onBackup manifest: Digest) async throws -> SignedStatement {
        try await sign(backup: manifest)
    }

    func noteBackup(_ manifest: Digest, at time: Timestamp) async throws {
        try await recordBackup(manifest, at: time)
    }
}

extension ExchangeNode: BackupDesk {
    var backedUp: PartyID { PartyID(exchangeID) }

    func statement(onBackup manifest: Digest) async throws -> SignedStatement {
        try await sign(backup: manifest)
    }

    func noteBackup(_ manifest: Digest, at time: Timestamp) async throws {
        try await recordBackup(manifest, at: time)
    }
}
