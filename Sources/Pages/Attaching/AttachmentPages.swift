import Cryptography
import Envelope
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// 添付 of a draft: files are added one at a time, and taken out again.
enum AttachmentPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/drafts/{draft}/attachments", to: &router, DraftPages.of(show))
        door.file("/drafts/{draft}/attachments", to: &router, take)
        door.post("/drafts/{draft}/attachments/remove", to: &router, DraftPages.of(remove))
    }

    private static func show(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        .page(AttachmentPage(desk: desk).html)
    }

    private static func take(
        _ visit: Visit,
        _ captures: Captures,
        _ posted: PostedFile
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.draft)
        guard let desk = try await DraftDesk(visit, captures) else {
            try await posted.letPass()
            return DraftSaving.gone(visit)
        }
        var posted = posted
        var kind = ""
        guard let refusal = try await refusal(of: &posted, &kind, for: desk) else {
            return .seeOther("\(desk.path)/attachments")
        }
        try await posted.letPass()
        // As it is now: others may have changed it meanwhile.
        guard let now = try await DraftDesk(visit, captures) else { return DraftSaving.gone(visit) }
        try await now.noteReading()
        return .page(AttachmentPage(desk: now, refusal: refusal, kind: kind).html, status: 400)
    }

    /// Reads the form, and keeps the file as it comes, piece by piece.
    ///
    /// - Returns: why it is not attached; nil where it is.
    private static func refusal(
        of posted: inout PostedFile,
        _ kind: inout String,
        for desk: DraftDesk
    ) async throws(PageRefusal) -> FileRefusal? {
        let visit = desk.visit
        guard desk.files.listed.count < Limits.attachedFiles else { return .tooMany }
        let chosen = try await posted.field("kind") ?? ""
        let kinds = AttachmentPage.kinds(visit)
        guard kinds.contains(where: { $0.code.hasSameBytes(as: chosen) }) else {
            return .kindMissing
        }
        kind = chosen
        guard case .part(let head)? = try await posted.next(), head.name.hasSameBytes(as: "file")
        else { throw .http(.malformed) }
        let name: FileName
        do throws(FileRefusal) { name = try FileName(head.fileName ?? "") } catch { return error }
        let intake = visit.gateway.intake(after: desk.files)
        if let refusal = try await keep(&posted, as: name.kind, intake) { return refusal }
        let label = FileLabel(
            name: name.text,
            mediaType: name.kind.mediaType,
            kind: AttachmentKind(kind)
        )
        let packed = await intake.packed
        do throws(GatewayError) {
            try await visit.gateway.attach(label, packed, to: desk.id, by: visit.agent)
        } catch .store(.conflict) { return .cameBetween } catch .seal(.tooLarge) {
            return .tooMany
        } catch { throw .gateway(error) }
        return nil
    }

    private static func keep(
        _ posted: inout PostedFile,
        as kind: FileKind,
        _ intake: AttachmentIntake
    ) async throws(PageRefusal) -> FileRefusal? {
        var reading = FileReading(as: kind)
        var pieces = Pieces(intake)
        while case .bytes(let bytes)? = try await posted.next() {
            let kept: [UInt8]
            do throws(FileRefusal) { kept = try reading.take(bytes) } catch { return error }
            try await pieces.take(kept)
        }
        let last: [UInt8]
        do throws(FileRefusal) { last = try reading.end() } catch { return error }
        try await pieces.take(last)
        // What is cut off is no whole file: nothing is kept before the form has come to its end.
        guard try await posted.next() == nil else { throw .http(.malformed) }
        try await pieces.end()
        return nil
    }

    private static func remove(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        let visit = desk.visit
        guard let sha256 = visit.form["sha256"].flatMap(Digest.init(hex:)) else { throw .notFound }
        let (id, agent) = (desk.id, visit.agent)
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.detach(sha256, from: id, by: agent)
        }
        return .seeOther("\(desk.path)/attachments")
    }
}

/// A file in pieces of the length that is sealed at once.
private struct Pieces {
    private let intake: AttachmentIntake
    private var next: [UInt8] = []

    init(_ intake: AttachmentIntake) { self.intake = intake }

    mutating func take(_ bytes: [UInt8]) async throws(PageRefusal) {
        next += bytes
        while next.count >= Limits.chunkPlainBytes {
            try await hand(Array(next.prefix(Limits.chunkPlainBytes)))
            next = Array(next.dropFirst(Limits.chunkPlainBytes))
        }
    }

    func end() async throws(PageRefusal) {
        if !next.isEmpty { try await hand(next) }
        await intake.end()
    }

    private func hand(_ piece: [UInt8]) async throws(PageRefusal) {
        try await wrap(PageRefusal.gateway) { () async throws(GatewayError) in
            try await intake.take(piece)
        }
    }
}
