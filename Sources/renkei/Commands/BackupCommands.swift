import Configuration
import Cryptography
import Gateway
import Primitives
import Storage

extension Command {
    /// Backup and restore of either service.
    static let backups = backup(.exchange) + backup(.gateway)

    private static func backup(_ kind: ServiceKind) -> [Command] {
        [create(kind), list(kind), verify(kind), restore(kind)]
    }

    private static func create(_ kind: ServiceKind) -> Command {
        let own: [Option] = kind == .gateway ? [.organisation] : []
        return Command(
            [kind.rawValue, "backup", "create"],
            (
                Phrase(ja: "動かしたままバックアップを作る", en: "make a backup, while the service runs or not"),
                Example(
                    "\(kind.rawValue) backup create --config /etc/renkei/\(kind.rawValue).toml",
                    Phrase(
                        ja: "[backup] recipients の人だけが開ける",
                        en: "its recipients alone can open it"
                    )
                )
            ),
            options: [.configuration, .data, .unlockFile, .json] + own
        ) { invocation, console in
            guard let settings = try BackupPlace.settings(kind, invocation) else {
                throw BackupFault.noRecipients
            }
            let plan = try BackupPlan(settings)
            let place = Place(kind, invocation, configured: settings[Setting.data])
            try place.hasKind()
            var outcome = ExitCode.done
            for member in try BackupPlace.members(kind, place, invocation) {
                // What one organisation lacks is no reason to leave the others without.
                do {
                    let backup = Backup(place: place, plan: plan, member: member)
                    console.backedUp(try await backup.make(at: SystemTime().now), plan, invocation)
                } catch let error as any Explained { outcome = console.report(error) }
            }
            return outcome
        }
    }

    private static func list(_ kind: ServiceKind) -> Command {
        Command(
            [kind.rawValue, "backup", "list"],
            (
                Phrase(ja: "バックアップの一覧", en: "the backups there are"),
                Example(
                    "\(kind.rawValue) backup list",
                    Phrase(ja: "作った時刻と大きさ", en: "when each was made, and its size")
                )
            ),
            options: [.configuration, .json]
        ) { invocation, console in
            let settings = try BackupPlace.settings(kind, invocation)
            let folder = settings?[Setting.Backup.folder] ?? BackupPlace.standardFolder
            let names = try Files.names(in: folder).compactMap { BackupName($0) }
                .filter { $0.kind.rawValue.hasSameBytes(as: kind.rawValue) }
                .sorted { ($0.madeAt, $0.text) < ($1.madeAt, $1.text) }
            let words = Words(language: console.language)
            for name in names {
                let bytes = try OpenFile(reading: "\(folder)/\(name)").byteLength
                let json: JSON = [
                    "file": .string(name.text), "owner": .string(name.owner.text),
                    "part": .string(name.part.rawValue),
                    "madeAt": .string(name.madeAt.description), "bytes": .integer(Int64(bytes)),
                ]
                let line = [words.time(name.madeAt.description), "\(bytes / 1024) KiB", name.text]
                console.data(invocation.has(.json) ? json.canonicalText : words.row(line))
            }
            if names.isEmpty { console.nothing() }
            return .done
        }
    }

    private static func verify(_ kind: ServiceKind) -> Command {
        Command(
            [kind.rawValue, "backup", "verify"],
            (
                Phrase(ja: "バックアップを確かめる（通信なし）", en: "verify backups offline"),
                Example(
                    "\(kind.rawValue) backup verify /var/backups/renkei/….rkb --root root.pem",
                    Phrase(ja: "--key を付けると、開けるかも確かめる", en: "with --key also that it opens")
                )
            ),
            arguments: [.backupFiles],
            options: [.openingKey, .root, .trust, .json]
        ) { invocation, console in
            let roots = try TrustedRoots.read(invocation.text(.root), invocation.text(.trust))
            let key = try BackupPlace.key(invocation)
            for path in invocation.texts(.backupFiles) {
                let file = try BackupFile(path)
                guard file.manifest.kind.rawValue.hasSameBytes(as: kind.rawValue) else {
                    throw BackupFault.otherKind(path)
                }
                try file.check(roots)
                if let key { try await file.unpack(key) { _ in } }
                console.backup(file, isOpened: key != nil, invocation)
            }
            return .done
        }
    }

    private static func restore(_ kind: ServiceKind) -> Command {
        Command(
            [kind.rawValue, "restore"],
            (
                Phrase(ja: "バックアップから、空のフォルダーに戻す", en: "restore a backup into an empty folder"),
                Example(
                    "\(kind.rawValue) restore /mnt/….rkb --key key.pem --root root.pem "
                        + "--to-empty /var/lib/renkei/\(kind.rawValue)",
                    Phrase(ja: "同じフォルダーの …-keys.rkb も使う", en: "takes the …-keys.rkb beside it")
                )
            ),
            arguments: [.backupFiles],
            options: [.openingKey, .emptyFolder, .root, .trust, .json]
        ) { invocation, console in
            try invocation.demand([.openingKey, .emptyFolder])
            guard let folder = invocation.text(.emptyFolder),
                let key = try BackupPlace.key(invocation),
                let form = DataFolder.Kind(rawValue: kind.rawValue)
            else { return .usage }
            let roots = try TrustedRoots.read(invocation.text(.root), invocation.text(.trust))
            let paths = invocation.texts(.backupFiles)
            let now = SystemTime().now
            // One exchange has one store; a gateway may have many organisations.
            guard form == .gateway || paths.count == 1 else {
                throw BackupFault.otherKind(paths[1])
            }
            let sources = try paths.map { try Restoration.source($0, form, roots, at: now) }
            let restored = try await Restoration(kind: form, folder: folder, key: key)
                .run(sources, at: now)
            for place in restored { console.restored(place, invocation) }
            return .done
        }
    }
}

/// What the commands of a backup have in common.
private enum BackupPlace {
    static let standardFolder = "/var/backups/renkei"

    /// The file that is named, else the standard one; nil where there is none.
    static func settings(_ kind: ServiceKind, _ invocation: Invocation) throws -> Settings? {
        let standard = SettingsFiles.standardPath(kind)
        let path = invocation.text(.configuration) ?? (Files.exists(standard) ? standard : nil)
        return try path.map { try SettingsFiles.load(kind, from: $0) }
    }

    /// nil stands for the exchange itself.
    static func members(
        _ kind: ServiceKind,
        _ place: Place,
        _ invocation: Invocation
    ) throws -> [MemberID?] {
        guard kind == .gateway else { return [nil] }
        let all = try GatewayHouse.members(in: place.data)
        guard !all.isEmpty else { throw GatewayError.notEnrolled }
        guard let named = invocation.text(.organisation) else { return all }
        guard let member = MemberID(named), all.contains(member) else {
            throw GatewayError.notFound
        }
        return [member]
    }

    static func key(_ invocation: Invocation) throws -> OpeningKey? {
        guard let path = invocation.text(.openingKey) else { return nil }
        let pem = try SecretFile.read(path)
        do throws(CryptographyError) { return try OpeningKey(pem: pem) } catch {
            throw BackupFault.keyUnfit(path)
        }
    }
}

extension Console {
    fileprivate func backedUp(
        _ made: [BackupName],
        _ plan: BackupPlan,
        _ invocation: Invocation
    ) {
        for name in made {
            let path = "\(plan.folder)/\(name)"
            let json: JSON = ["file": .string(path)]
            data(invocation.has(.json) ? json.canonicalText : path)
        }
    }

    fileprivate func backup(_ file: BackupFile, isOpened: Bool, _ invocation: Invocation) {
        let manifest = file.manifest
        if invocation.has(.json) {
            return data([
                "file": .string(file.path), "owner": .string(manifest.owner.text),
                "part": .string(manifest.part.rawValue),
                "madeAt": .string(manifest.madeAt.description),
                "files": .integer(Int64(manifest.files)),
                "manifestSha256": .string(file.sha256.hex), "opened": .bool(isOpened),
            ])
        }
        let words = Words(language: language)
        let sign = isOpened ? "✓✓" : "✓"
        data(
            words.row([
                sign, words.time(manifest.madeAt.description),
                Phrase(
                    ja: "署名とすべての部分 \(manifest.pieces.count)" + (isOpened ? "、開封" : ""),
                    en: "signature, \(manifest.pieces.count) pieces" + (isOpened ? ", opened" : "")
                ).text(language),
                manifest.name.text,
            ])
        )
    }

    fileprivate func restored(_ place: Restoration.Restored, _ invocation: Invocation) {
        let manifest = place.manifest
        guard !invocation.has(.json) else {
            return data([
                "owner": .string(manifest.owner.text),
                "madeAt": .string(manifest.madeAt.description),
                "files": .integer(Int64(place.files)), "missing": .integer(Int64(place.missing)),
            ])
        }
        let time = Words(language: language).time(manifest.madeAt.description)
        talk(
            Phrase(
                ja: "\(manifest.owner) を \(time) の状態に戻しました（ファイル \(place.files) 件）。",
                en: "\(manifest.owner) is as it was at \(time) (\(place.files) files)."
            )
        )
        if place.missing > 0 {
            talk(
                Phrase(
                    ja: "バックアップの間に期限で消えた添付が \(place.missing) 件あります。",
                    en: "\(place.missing) attachments had been let go of meanwhile."
                )
            )
        }
        switch manifest.kind {
        case .exchange:
            talk(
                Phrase(
                    ja: "このあとの記録は、ここにはありません。監査記録の復旧が済むまで、何も書き込まないでください。",
                    en: "What came later is not here. Recover the log before anything is written."
                )
            )
        case .gateway:
            talk(
                Phrase(
                    ja: "署名の鍵は戻りません。運営者に exchange member recover の参加票を依頼し、"
                        + "gateway enrol で参加し直してください。",
                    en: "Signing keys are in no backup: ask the operator for a paper "
                        + "(exchange member recover) and join again (gateway enrol)."
                )
            )
        }
    }
}

extension Argument {
    fileprivate static let backupFiles = Argument(
        "FILE",
        Phrase(ja: "バックアップのファイル（.rkb）", en: "backup file (.rkb)"),
        form: .file,
        count: .many
    )
}

extension Option {
    fileprivate static let openingKey = Option(
        "key",
        "FILE",
        Phrase(
            ja: "バックアップを開ける人の秘密鍵のファイル",
            en: "file with the private key of a recipient"
        ),
        form: .file
    )
    fileprivate static let emptyFolder = Option(
        "to-empty",
        "DIR",
        Phrase(ja: "戻す先の、空のフォルダー", en: "empty folder to restore into"),
        form: .file
    )
}
