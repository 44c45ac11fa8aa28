import Configuration
import Cryptography
import Directory
import Primitives
import Storage

/// Where backups go and who can open them, as the configuration says.
struct BackupPlan {
    let folder: String
    let recipients: [SealingKey]
    let generations: Generations

    /// - Throws: `noRecipients`, `recipientUnfit`: a backup that nobody can open is none.
    init(_ settings: Settings) throws {
        folder = settings[Setting.Backup.folder]
        generations = Generations(
            daily: settings[Setting.Backup.daily],
            weekly: settings[Setting.Backup.weekly],
            monthly: settings[Setting.Backup.monthly],
            keys: settings[Setting.Backup.keys]
        )
        var recipients: [SealingKey] = []
        for path in settings[Setting.Backup.recipients] {
            let pem = try Files.read(path, atMost: Limits.statementBytes)
            do throws(CryptographyError) {
                recipients.append(try SealingKey(certificatePEM: pem))
            } catch { throw BackupFault.recipientUnfit(path) }
        }
        guard !recipients.isEmpty else { throw BackupFault.noRecipients }
        self.recipients = recipients
    }
}

/// Makes the backup of one exchange or one organisation while its service runs, or without it.
///
/// First the database is copied as it stands at one moment, then the files that it names, then the
/// wrapped keys: what the first needs is in what comes after it. The service signs; the files have
/// their names only when both parts are whole.
struct Backup {
    let place: Place
    let plan: BackupPlan
    /// nil for an exchange.
    let member: MemberID?

    private var kind: DataFolder.Kind { member == nil ? .exchange : .gateway }
    /// The folder of the database.
    private var base: String { member.map { "\(place.data)/orgs/\($0)" } ?? place.data }
    private var work: String { "\(place.data)/tmp" }

    /// - Returns: the file of the store and that of the keys.
    func make(at now: Timestamp) async throws -> [BackupName] {
        try Files.makeFolder(work)
        // Two at a time would take each other's copies away.
        let lock = try Files.lockFolder(work)
        try Files.makeResultFolder(plan.folder)
        // Before anything can fail: what was erased must not stay in old keys.
        try removeEnded(.keys, at: now)
        for part in [BackupManifest.Part.store, .keys] { try StoreCopy.remove(self.copy(part)) }
        let owner = try await ask("backup.owner").json["owner"]?.string.flatMap { PartyID($0) }
        guard let owner else { throw StoreError.noStore }
        let name = BackupName(kind: kind, owner: owner, part: .store, madeAt: now)
        try discardParts(of: owner)
        let writers = [BackupManifest.Part.store, .keys].map { part in
            Result { try BackupWriter(name.of(part), in: plan.folder, for: plan.recipients) }
        }
        do {
            let store = try writers[0].get()
            let keys = try writers[1].get()
            let manifests = [try await write(store, .store), try await write(keys, .keys)]
            // The keys first: a store without them cannot be restored.
            try keys.finish()
            try store.finish()
            for manifest in manifests {
                _ = try await ask("backup.made", manifest, at: name.madeAt)
            }
        } catch {
            for case .success(let writer) in writers { try writer.discard() }
            throw error
        }
        for part in [BackupManifest.Part.keys, .store] { try removeEnded(part, at: now) }
        _ = consume lock
        return [name, name.of(.keys)]
    }

    private func write(_ writer: BackupWriter, _ part: BackupManifest.Part) async throws -> Digest {
        let database = BackupEntry.database(part, of: kind)
        let copy = self.copy(part)
        let keyFiles = try keptKeyFiles
        try StoreCopy.make(of: "\(base)/\(database)", at: copy)
        let facts: StoreCopy.Facts
        do {
            facts = try add(copy, as: database, to: writer, part)
        } catch {
            try StoreCopy.remove(copy)
            throw error
        }
        try StoreCopy.remove(copy)
        let manifest = try writer.manifest(facts, isSandbox: try isSandbox)
        let sha256 = SHA256.hash(manifest.canonicalBytes)
        guard let statement = try await ask("backup.sign", sha256).files.first else {
            throw StoreError.damaged
        }
        // Keys that were renewed meanwhile do not open what was copied before.
        guard try keptKeyFiles == keyFiles else { throw BackupFault.keysRenewed }
        let root = try Certificate(
            pem: try Files.read("\(base)/\(rootFile)", atMost: Limits.statementBytes)
        )
        let signed = try SignedStatement(reading: statement)
        guard BackupTrust.holds(signed, for: (manifest, sha256), under: root) else {
            throw BackupFault.keysRenewed
        }
        try writer.sign(manifest, by: statement)
        return sha256
    }

    private var rootFile: String { kind == .exchange ? "ca/root.pem" : "root.pem" }

    private func copy(_ part: BackupManifest.Part) -> String {
        "\(work)/copy-\(BackupEntry.database(part, of: kind))"
    }

    private var keptKeyFiles: [String] {
        get throws {
            try Files.names(in: base + "/keys").filter { BackupEntry.isKept($0, of: kind) }
        }
    }

    private func add(
        _ copy: String,
        as database: String,
        to writer: BackupWriter,
        _ part: BackupManifest.Part
    ) throws -> StoreCopy.Facts {
        try writer.add(copy, as: database)
        switch part {
        case .store:
            for file in BackupEntry.besides(kind) { try writer.add("\(base)/\(file)", as: file) }
            for segment in try StoreCopy.segments(of: copy, kind) {
                try add(segment: segment, to: writer)
            }
            let facts = try StoreCopy.facts(ofStore: copy)
            try StoreCopy.check(copy, schema: facts.schema)
            return facts
        case .keys:
            for file in try keptKeyFiles {
                try writer.add("\(base)/keys/\(file)", as: "keys/\(file)")
            }
            let facts = try StoreCopy.facts(ofKeys: copy)
            try StoreCopy.check(copy, schema: facts.schema)
            return facts
        }
    }

    /// One that is not there any more was let go of after the copy was made.
    private func add(segment: String, to writer: BackupWriter) throws {
        let path = "\(base)/segments/\(segment)"
        guard !Files.exists(path) else {
            return try writer.add(path, as: "segments/\(segment)")
        }
        let database = "\(base)/\(BackupEntry.database(.store, of: kind))"
        guard try !StoreCopy.names(segment, in: database, kind) else { throw StoreError.damaged }
    }

    private var isSandbox: Bool {
        get throws {
            let format = try Files.read(place.data + "/format", atMost: Limits.statementBytes)
            return try JSON(reading: format)["sandbox"]?.bool ?? false
        }
    }

    private func ask(
        _ call: String,
        _ manifest: Digest? = nil,
        at time: Timestamp? = nil
    ) async throws -> ControlAnswer {
        try await place.ask(
            ControlCall(
                call,
                [
                    "org": member.map { .string($0.text) },
                    "manifest": manifest.map { .string($0.hex) },
                    "madeAt": time.map { .string($0.description) },
                ]
            )
        )
    }

    /// What a backup that was killed left behind.
    private func discardParts(of owner: PartyID) throws {
        for file in try Files.names(in: plan.folder) {
            guard file.hasPrefix("."), file.hasSuffix(".part"),
                let name = BackupName(String(file.dropFirst().dropLast(".part".utf8.count))),
                name.owner == owner
            else { continue }
            try Files.discardPart(of: "\(plan.folder)/\(name)")
        }
    }

    /// Of every place whose backups are here: one that has left makes no more.
    private func removeEnded(_ part: BackupManifest.Part, at now: Timestamp) throws {
        let all = try Files.names(in: plan.folder).compactMap { BackupName($0) }.filter {
            $0.part == part
        }
        for name in plan.generations.ended(all, at: now) {
            try Files.remove("\(plan.folder)/\(name)")
        }
    }
}
