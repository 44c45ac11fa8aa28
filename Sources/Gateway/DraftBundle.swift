import Audit
import Envelope
import Primitives
import Sheets

/// All that is needed to seal a queued sheet, as one sealed column: who asked, the sheet as typed,
/// its attachments as far as they are no chunks.
struct DraftBundle: Sendable {
    let sheet: [UInt8]
    let attachments: PackedAttachments
    let agent: Agent

    var bytes: [UInt8] {
        let who: JSON = [
            "kind": .string(agent.kind.rawValue),
            "name": agent.name.map { .string($0) },
            "role": .string(agent.role.text),
            "desk": agent.desk.map { .string($0.text) },
            "assurance": .string(agent.assurance.rawValue),
        ]
        let files = [
            ContentArchive.File(name: "agent.json", bytes: who.canonicalBytes),
            ContentArchive.File(name: "sheet.json", bytes: sheet),
        ]
        return ContentArchive(files: files + attachments.files).encoded()
    }

    init(sheet: [UInt8], attachments: PackedAttachments, agent: Agent) {
        self.sheet = sheet
        self.attachments = attachments
        self.agent = agent
    }

    init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        let archive = try ContentArchive(reading: bytes)
        guard archive.files.count >= 2 else { throw DecodingRefusal(.badForm) }
        var reader = try ObjectReader(try JSON(canonical: archive.files[0].bytes))
        agent = Agent(
            try reader.value("kind", AgentKind.init(rawValue:)),
            name: try reader.optionalText("name"),
            role: try reader.value("role", RoleCode.init(_:)),
            desk: try reader.optionalValue("desk", DeskID.init(_:)),
            assurance: try reader.value("assurance", Assurance.init(rawValue:))
        )
        sheet = archive.files[1].bytes
        attachments = try PackedAttachments(reading: archive)
    }
}

/// A received sheet with its attachments as far as they are no chunks, as one sealed column. The
/// key of the chunks stands in the manifest.
struct InboxBundle: Sendable {
    let manifest: Manifest
    let sheet: [UInt8]
    /// In the order of the manifest's parts that are not chunked.
    let attachments: [[UInt8]]

    var bytes: [UInt8] {
        let files =
            [
                ContentArchive.File(name: "manifest.json", bytes: manifest.bytes),
                ContentArchive.File(name: "sheet.json", bytes: sheet),
            ]
            + attachments.enumerated().map {
                ContentArchive.File(name: "attachment-\($0.offset + 1)", bytes: $0.element)
            }
        return ContentArchive(files: files).encoded()
    }

    init(_ verified: VerifiedSheet) {
        manifest = verified.manifest
        sheet = verified.sheet.bytes
        attachments = verified.attachments.compactMap(\.bytes)
    }

    init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        let archive = try ContentArchive(reading: bytes)
        guard archive.files.count >= 2 else { throw DecodingRefusal(.badForm) }
        manifest = try Manifest(reading: archive.files[0].bytes)
        sheet = archive.files[1].bytes
        attachments = archive.files.dropFirst(2).map(\.bytes)
    }
}
