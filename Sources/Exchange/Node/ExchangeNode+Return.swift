import Cryptography
import Delivery
import Directory
import ExchangeAPI
package import Primitives
import Storage

// Papers for those who are members already: keys lost, or left and come back.
extension ExchangeNode {
    /// A new joining paper for a member that has lost its keys. Its old ones end when it joins with
    /// it; others compare its fingerprint by telephone before they use the new ones.
    ///
    /// - Throws: `refused` with `notFound`; `memberOnPaper`, `memberHasLeft`.
    package func recover(_ member: MemberID) async throws(ExchangeFault) -> JoiningPaper {
        let paper = paper(of: member, .gateway)
        let fault = try await operate { writer async throws(Refusal) -> ExchangeFault? in
            guard let standing = writer.view.membership(of: member)?.standing else {
                throw Refusal(.notFound)
            }
            guard standing.connection == .gateway else { return .memberOnPaper }
            guard standing.status != .left else { return .memberHasLeft }
            try await write(paper, &writer)
            writer.recordPaper(of: member)
            return nil
        }
        if let fault { throw fault }
        return paper
    }

    /// A member that has left comes back under its old id, within `ReturnRules.within`, with a new
    /// paper: its keys ended when it left.
    ///
    /// - Throws: `refused` with `notFound`; `memberCannotReturn`, `officeNumberTaken`.
    package func readmit(_ member: MemberID) async throws(ExchangeFault) -> JoiningPaper {
        let paper = paper(of: member, .gateway)
        let fault = try await operate { writer async throws(Refusal) -> ExchangeFault? in
            guard var membership = writer.view.membership(of: member) else {
                throw Refusal(.notFound)
            }
            let now = writer.moment.now
            guard membership.standing.status == .left, membership.standing.connection == .gateway,
                now.since(membership.standing.since) <= ReturnRules.within
            else { return .memberCannotReturn }
            if let holder = writer.view.holder(of: membership.profile, beside: member) {
                return .officeNumberTaken(holder)
            }
            membership.standing.status = .active
            membership.standing.since = now
            try await write(membership, .invited, &writer)
            try await write(paper, &writer)
            return nil
        }
        if let fault { throw fault }
        return paper
    }

    func paper(of member: MemberID, _ connection: MemberConnection) -> JoiningPaper {
        JoiningPaper(
            member: member,
            code: connection == .gateway ? JoiningPaper.code(random) : nil,
            validUntil: time.now.adding(settings.joiningCode),
            rootSha256: root.sha256
        )
    }

    /// The keys of a paper's code; an earlier paper of the member ends.
    func write(_ paper: JoiningPaper, _ writer: inout KeysTreeWriter) async throws(Refusal) {
        guard let code = paper.code else { return }
        writer.write(
            .joiningCode(
                JoiningCodeRow(
                    member: paper.member,
                    keys: try await sealed(
                        JoiningKeys(code: code, member: paper.member),
                        of: paper.member
                    ),
                    validUntil: paper.validUntil,
                    tries: 0,
                    used: nil
                )
            )
        )
    }
}
