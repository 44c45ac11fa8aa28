import Configuration
import Cryptography
import Primitives

/// The secret that opens a key folder: from a file, or from the service manager's credential. Never
/// from the command line or a variable.
enum UnlockSecret {
    /// The name of its credential, unless the configuration gives another.
    static let credential = "unlock"

    /// Reads the file at `path`; where that is nil the credential.
    static func read(
        _ path: String?,
        for kind: ServiceKind,
        credential: String = credential
    ) throws -> SecretBytes {
        let place = try path ?? standardPath(kind, credential)
        return SecretBytes(copying: try SecretFile.read(place))
    }

    /// Reads the secret for a new folder; makes the file where there is none yet.
    ///
    /// - Returns: also whether it was made, so that the command can say so.
    static func readOrMake(
        _ path: String?,
        for kind: ServiceKind
    ) throws -> (secret: SecretBytes, made: String?) {
        let path = try path ?? standardPath(kind, credential)
        guard !Files.exists(path) else { return (try read(path, for: kind), nil) }
        try Files.makeFolder(Files.folder(of: path))
        let secret = MadeSecret.make()
        try Files.create(path, secret, mode: Files.ownerOnly)
        return (SecretBytes(copying: secret), path)
    }

    private static func standardPath(
        _ kind: ServiceKind,
        _ credential: String
    ) throws(SecretFault) -> String {
        let isNamed = !credential.hasSameBytes(as: Self.credential)
        return try SecretFile.path(
            ofCredential: credential,
            standard: isNamed ? nil : "\(kind.rawValue)-unlock"
        )
    }
}

extension Token {
    /// The token that the configuration names; nil where it names none.
    static func configured(_ settings: Settings?) throws -> Token? {
        guard let settings, !settings[Setting.Token.module].isEmpty else { return nil }
        let file = settings[Setting.Token.pinFile]
        let path =
            file.isEmpty
            ? try SecretFile.path(ofCredential: "token-pin", standard: "token-pin") : file
        return Token(
            module: settings[Setting.Token.module],
            label: settings[Setting.Token.label],
            pin: try SecretFile.line(of: path)
        )
    }
}

/// Files with secrets: of whatever length a secret has, and closed to others.
enum SecretFile {
    private static let limit = 4096

    /// The whole file; `-` is standard input.
    static func read(_ path: String) throws -> [UInt8] {
        if path.hasSameBytes(as: "-") { return try OpenFile.readInput(atMost: limit) }
        let file = try Files.open(path)
        guard !file.isExposed else { throw SecretFault.exposed(path) }
        let bytes = try file.readAll(atMost: limit)
        guard !bytes.isEmpty else { throw SecretFault.empty(path) }
        return bytes
    }

    /// The first line, for a password or a PIN that people write.
    static func line(of path: String) throws -> SecretBytes {
        let line = try read(path).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else { throw SecretFault.empty(path) }
        return SecretBytes(copying: Array(line))
    }

    /// Where the service manager has put a credential. Where it gives none at all, the file of the
    /// `standard` name.
    static func path(
        ofCredential name: String,
        standard: String?
    ) throws(SecretFault) -> String {
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")) else {
            throw .credentialMissing(name)
        }
        guard let folder = Environment.value("CREDENTIALS_DIRECTORY") else {
            guard let standard else { throw .credentialMissing(name) }
            return "/etc/renkei/credentials/" + standard
        }
        let path = "\(folder)/\(name)"
        guard Files.exists(path) else { throw .credentialMissing(name) }
        return path
    }
}

/// A secret cannot be taken as it is kept.
enum SecretFault: Spoken, Equatable {
    /// The service manager gives no credential of this name.
    case credentialMissing(String)
    case exposed(String)
    case empty(String)

    var code: String {
        switch self {
        case .credentialMissing: "credentialMissing"
        case .exposed: "secretExposed"
        case .empty: "secretEmpty"
        }
    }

    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        switch self {
        case .credentialMissing(let name):
            (
                Phrase(
                    ja: "systemd から credential「\(name)」が渡されていません。",
                    en: "The service manager gives no credential “\(name)”."
                ),
                Phrase(
                    ja: "ユニットの LoadCredential= と、設定の名前を確かめてください。",
                    en: "Check LoadCredential= in the unit, and the name in the configuration."
                )
            )
        case .exposed(let path):
            (
                Phrase(
                    ja: "秘密のファイル \(path) をほかの人が読めるか、書けます。",
                    en: "Others can read or write the secret in \(path)."
                ),
                Phrase(
                    ja: "chmod 600 で所有者だけのものにし、見られたおそれがあれば中身を替えてください。",
                    en: "Close it with chmod 600; change the secret if somebody may have seen it."
                )
            )
        case .empty(let path):
            (
                Phrase(ja: "秘密のファイル \(path) は空です。", en: "The secret in \(path) is empty."),
                Phrase(ja: "控えから戻してください。", en: "Put it back from its copy.")
            )
        }
    }
}
