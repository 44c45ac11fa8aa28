import Audit
import Configuration
import Cryptography
import Gateway
import Primitives
import Storage

extension Command {
    /// Acts on the folder itself: no service runs on an older copy.
    static let auditRecover = Command(
        ["audit", "recover"],
        (
            Phrase(
                ja: "復元した以前の写しから記録を続ける",
                en: "let the log go on from an older copy that was put back"
            ),
            Example(
                "audit recover --as 管理花子 --role administrator",
                Phrase(
                    ja: "失われた範囲を記録に残し、書き込みを再開できるようにする",
                    en: "records what is missing; the service may start again"
                )
            )
        ),
        options: [
            .data, .unlockFile, .configuration, .organisation, .agent, .role, .json,
        ]
    ) { invocation, console in
        let agent = try recoveringAgent(invocation)
        let configured = try invocation.text(.configuration).map { path in
            try SettingsFiles.load(.gateway, from: path)
        }
        let place = Place(.gateway, invocation, configured: configured?[Setting.data])
        let folder = try DataFolder(place.data, kind: .gateway)
        let members = try GatewayHouse.members(in: place.data)
        let member = try GatewayHouse.choose(
            invocation.text(.organisation),
            among: Dictionary(uniqueKeysWithValues: members.map { ($0, $0) })
        )
        let room = try OrganisationRoom(
            of: member,
            in: folder,
            unlock: try place.unlockSecret(configured),
            token: try Token.configured(configured),
            isRecovering: true
        )
        defer { room.store.close() }
        let parts = try await GatewayHouse.parts(
            of: room,
            try Installation.catalogue(),
            GatewaySettings()
        )
        let done = try await OrganisationGateway.recover(parts, by: agent)
        if invocation.has(.json) {
            console.data(done.json)
        } else {
            console.data(Words(language: console.language).recovered(done))
        }
        return .done
    }

    private static func recoveringAgent(_ invocation: Invocation) throws -> Agent {
        try invocation.demand([.agent, .role])
        guard let name = invocation.text(.agent),
            let role = invocation.text(.role).flatMap({ RoleCode($0) })
        else { throw UsageError.argumentMissing("--as --role", of: invocation.command.path) }
        return Agent(.person, name: name, role: role, assurance: .none)
    }
}

extension LogRecovery {
    fileprivate var json: JSON {
        [
            "backupAt": backupAt.map { .string($0.description) },
            "foundSize": .integer(Int64(recovery.found.size)),
            "missingLeaves": recovery.missingLeaves.map { .integer(Int64($0)) },
            "missingSize": recovery.missing.map { .integer(Int64($0.head.size)) },
            "origin": .string(origin.text),
            "recoveredFrom": .string(recovery.origin.text),
        ]
    }
}

extension Words {
    fileprivate func recovered(_ done: LogRecovery) -> String {
        let (found, isJapanese) = (done.recovery.found.size, language == .japanese)
        let lost = done.recovery.missingLeaves
        let gone =
            isJapanese
            ? lost.map { "失われた記録は \($0) 件です。" } ?? "失われた記録の数は分かりません。"
            : lost.map { "\($0) leaves are missing." } ?? "How many are missing is not known."
        return isJapanese
            ? "記録を \(found) 件から続けます（\(done.origin)）。\(gone)"
                + "gateway serve で動かすと、届いていた文書を交換所から取り戻します。"
            : "The log goes on from \(found) leaves (\(done.origin)). \(gone) "
                + "With gateway serve the sheets come back that the exchange still has."
    }
}
