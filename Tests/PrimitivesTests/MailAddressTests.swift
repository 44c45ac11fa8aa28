import Primitives
import Testing

struct MailAddressTests {
    @Test(arguments: ["a@b.jp", "hanako.yamada+renkei@liaison-room.example.or.jp", "A_1-x@1.2"])
    func `a mailbox is taken`(_ text: String) throws {
        let address = try #require(MailAddress(text))
        #expect(address.text == text && !"\(address)".contains("@"))
    }

    @Test(arguments: [
        "", "a", "@", "a@", "@b.jp", "a@b", "a@b.jp\r\nRCPT TO:<c@d.jp>", "a b@c.jp", "a@b@c.jp",
        "<a@b.jp>", "a@b..jp", ".a@b.jp", "a.@b.jp", "a@-b.jp", "花子@example.jp", "a@例.jp",
        "a,b@c.jp",
        "\"a\"@b.jp", String(repeating: "a", count: 65) + "@b.jp",
    ])
    func `nothing else is one`(_ text: String) { #expect(MailAddress(text) == nil) }
}
