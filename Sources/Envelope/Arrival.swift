import Audit
package import Cryptography
package import Delivery
package import Directory
package import Primitives

/// A fetched message whose outer statements hold: steps 1 to 4 of opening.
package struct Arrival: Sendable {
    package let submission: Submission
    package let accepted: SignedStatement
    package let acceptedAt: Timestamp
    /// Signed the submission; that the directory knows it, in which role, and that it was good is
    /// step 10 and 11, for layer 2 must be signed with the same.
    package let signer: Certificate

    package var routing: Routing { submission.routing }
    package var key: MessageKey { routing.key }

    /// The three byte strings and the exchange's receipt, as they came.
    package struct Bytes: Sendable {
        package let routing: [UInt8]
        package let submission: [UInt8]
        package let sealed: [UInt8]
        package let accepted: [UInt8]
        /// What `submission` reads as. Nothing in it is believed yet.
        package let offer: Result<SignedStatement, StatementRefusal>
        /// What `accepted` reads as.
        package let receipt: Result<SignedStatement, StatementRefusal>

        package init(
            routing: [UInt8],
            submission: [UInt8],
            sealed: [UInt8],
            accepted: [UInt8]
        ) {
            self.routing = routing
            self.submission = submission
            self.sealed = sealed
            self.accepted = accepted
            offer = Result { () throws(StatementRefusal) in
                try SignedStatement(reading: submission)
            }
            receipt = Result { () throws(StatementRefusal) in
                try SignedStatement(reading: accepted)
            }
        }
    }

    /// - Throws: `OpenRefusal`; `held` where the fault is the exchange's.
    package init(_ bytes: Bytes, directory: DirectoryView) throws(OpenRefusal) {
        guard bytes.routing.count <= Limits.routingBytes,
            bytes.submission.count <= Limits.statementBytes,
            bytes.sealed.count <= Limits.sealedBytes
        else { throw .no(.tooLarge, 1) }
        let routing = try wrap({ OpenRefusal.no(.malformed, 2, $0.reason.rawValue) }) {
            () throws(DecodingRefusal) in try Routing(reading: bytes.routing)
        }
        guard Suite(routing.suite) != nil else { throw .no(.wrongSuite, 2) }
        (accepted, acceptedAt) = try Self.accepted(bytes, routing, directory)
        (submission, signer) = try wrap({ OpenRefusal.no(.badSignature, 4, $0.code) }) {
            () throws(StatementRefusal) in
            let submission = try Submission(
                routing: routing,
                submission: try bytes.offer.get(),
                sealed: bytes.sealed
            )
            return (submission, try Self.signer(of: submission.statement, directory))
        }
    }

    /// Step 3.
    private static func accepted(
        _ bytes: Bytes,
        _ routing: Routing,
        _ directory: DirectoryView
    ) throws(OpenRefusal) -> (SignedStatement, Timestamp) {
        guard let exchange = directory.exchange else { throw .held(.directoryUnverified) }
        let chain = ReceiptChain(
            of: routing.key,
            sealed: SHA256.hash(bytes.sealed),
            submission: SHA256.hash(bytes.submission),
            to: routing.to[0].memberID,
            through: exchange
        )
        return try wrap({ OpenRefusal.held($0 == .listMissing ? .listStale : .receiptUnusable) }) {
            () throws(StatementRefusal) in
            let statement = try bytes.receipt.get()
            let body = try statement.body(as: AcceptedStatement.self)
            let origin = body.head.logOrigin
            guard body.routingSha256 == routing.sha256 else { throw .hashDiffers }
            guard origin.kind == .transport, directory.logKey(of: origin) != nil else {
                throw .untrusted
            }
            _ = try chain.verify(statement, in: directory)
            return (statement, body.head.at)
        }
    }

    /// Step 4. A certificate that the directory does not have is taken from the submission itself:
    /// it is a hint, which step 10 refuses.
    private static func signer(
        of statement: SignedStatement,
        _ directory: DirectoryView
    ) throws(StatementRefusal) -> Certificate {
        let signed = statement.signed
        let known = directory.certificate(
            issuer: signed.signerIssuer,
            serial: signed.signerSerial
        )
        let enclosed = signed.certificates.first { !$0.isAuthority }
        guard let signer = known ?? enclosed else { throw .wrongSigner }
        try wrap({ _ in StatementRefusal.badSignature }) { () throws(CMSRefusal) in
            try signed.verify(signer: signer)
        }
        return signer
    }
}
