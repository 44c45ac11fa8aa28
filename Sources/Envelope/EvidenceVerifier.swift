package import Cryptography
import Delivery
import Directory
package import Primitives

/// Proves a delivery from its evidence file and a root certificate alone.
package struct EvidenceVerifier {
    /// One thing that is proved.
    package struct Fact: Sendable, Equatable {
        package enum Kind: String, Sendable {
            case sent, accepted, delivered, refused, opened, confirmed, expired, undeliverable
            case content, disclosed
        }

        package let kind: Kind
        package let file: String
        package let by: PartyID
        package let at: Timestamp
        /// False: promised only, as the proof was not there yet when the file was made.
        package let isProved: Bool
    }

    private let file: EvidenceFile
    private let view: DirectoryView
    private let now: Timestamp

    /// - Throws: `EvidenceFault` naming file and fault.
    package static func verify(
        _ file: EvidenceFile,
        root: Certificate,
        now: Timestamp
    ) throws(EvidenceFault) -> [Fact] {
        let view = try EvidenceTrust.view(file.archive, root: root)
        return try EvidenceVerifier(file: file, view: view, now: now).facts()
    }

    private func bytes(_ name: String) throws(EvidenceFault) -> [UInt8] {
        guard let bytes = file.archive[name] else { throw EvidenceFault(name, .missing) }
        return bytes
    }

    private func facts() throws(EvidenceFault) -> [Fact] {
        guard try bytes("verify.txt") == VerifyText.bytes else {
            throw EvidenceFault("verify.txt", .textDiffers)
        }
        let routing = try routing()
        var chain = ReceiptChain(routing: routing, recipient: file.recipient)
        var facts = [try submission(routing, &chain)]
        for type in Self.receiptTypes where file.archive[type.rawValue + ".der"] != nil {
            facts.append(try receipt(type, &chain))
            if let fact = try disclosure(type, chain) { facts.append(fact) }
        }
        guard chain.accepted != nil else { throw EvidenceFault("accepted.der", .missing) }
        if let fact = try content(routing, chain) { facts.append(fact) }
        try refuseStrangers()
        return facts
    }

    private static let receiptTypes: [StatementType] = [
        .accepted, .delivered, .refused, .opened, .confirmed, .expired, .undeliverable,
    ]

    private func routing() throws(EvidenceFault) -> Routing {
        let name = "routing.json"
        let bytes = try bytes(name)
        do throws(DecodingRefusal) {
            let routing = try Routing(reading: bytes)
            guard routing.messageID == file.messageID,
                routing.to.contains(where: { $0.memberID == file.recipient })
            else { throw DecodingRefusal(.badForm) }
            return routing
        } catch { throw EvidenceFault(name, .malformed) }
    }

    private func statement(_ name: String) throws(EvidenceFault) -> SignedStatement {
        let bytes = try bytes(name)
        do throws(StatementRefusal) { return try SignedStatement(reading: bytes) } catch {
            throw EvidenceFault(name, .malformed)
        }
    }

    private func submission(
        _ routing: Routing,
        _ chain: inout ReceiptChain
    ) throws(EvidenceFault) -> Fact {
        let name = "submission.der"
        let statement = try statement(name)
        // It is judged at the time the exchange took it, which the *accepted* receipt states.
        let at = try acceptedAt()
        try verify(statement, name, at: at)
        try linked(name) { () throws(StatementRefusal) in try chain.add(submission: statement) }
        if let sealed = file.archive["sealed.der"], SHA256.hash(sealed) != chain.sealedSha256 {
            throw EvidenceFault("sealed.der", .contentDiffers)
        }
        return Fact(kind: .sent, file: name, by: statement.issuer, at: at, isProved: true)
    }

    private func acceptedAt() throws(EvidenceFault) -> Timestamp {
        let name = "accepted.der"
        let statement = try statement(name)
        do throws(StatementRefusal) {
            return try statement.body(as: AcceptedStatement.self).acceptedAt
        } catch { throw EvidenceFault(name, .malformed) }
    }

    private func receipt(
        _ type: StatementType,
        _ chain: inout ReceiptChain
    ) throws(EvidenceFault) -> Fact {
        let name = type.rawValue + ".der"
        let statement = try statement(name)
        guard statement.type == type, let kind = Fact.Kind(rawValue: type.rawValue) else {
            throw EvidenceFault(name, .malformed)
        }
        let at = try linked(name) { () throws(StatementRefusal) in
            try chain.add(receipt: statement)
        }
        try verify(statement, name, at: at)
        return Fact(
            kind: kind,
            file: name,
            by: statement.issuer,
            at: at,
            isProved: try promise(of: statement, at: at, logOrigin: chain.lastLogOrigin)
        )
    }

    private func verify(
        _ statement: SignedStatement,
        _ name: String,
        at: Timestamp
    ) throws(EvidenceFault) {
        do throws(StatementRefusal) { _ = try view.verify(statement, at: at) } catch {
            throw EvidenceFault(name, EvidenceTrust.fault(of: error))
        }
    }

    private func linked<Value>(
        _ name: String,
        _ body: () throws(StatementRefusal) -> Value
    ) throws(EvidenceFault) -> Value {
        do throws(StatementRefusal) { return try body() } catch {
            throw EvidenceFault(name, .wrongChain)
        }
    }
}
