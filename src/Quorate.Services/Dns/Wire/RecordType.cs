namespace Quorate.Services.Dns.Wire;

/// <summary>Types of records and of questions. Source: RFC 1035, section 3.2.2; RFC 2782; RFC 3596; RFC 6891.</summary>
public enum RecordType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server of the zone.</summary>
    NS = 2,

    /// <summary>The name that another name stands for.</summary>
    CNAME = 5,

    /// <summary>The start of a zone.</summary>
    SOA = 6,

    /// <summary>The name of an address.</summary>
    PTR = 12,

    /// <summary>What a host is; here the answer to a question for anything (RFC 8482).</summary>
    HINFO = 13,

    /// <summary>Texts.</summary>
    TXT = 16,

    /// <summary>An IPv6 address.</summary>
    AAAA = 28,

    /// <summary>Where a service is: priority, weight, port and host.</summary>
    SRV = 33,

    /// <summary>No record: the extensions of a message (EDNS).</summary>
    OPT = 41,

    /// <summary>Only asked for: what changed in a zone.</summary>
    IXFR = 251,

    /// <summary>Only asked for: a whole zone.</summary>
    AXFR = 252,

    /// <summary>Only asked for: anything there is.</summary>
    ANY = 255,
}
