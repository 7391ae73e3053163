Console.Error.WriteLine("usage: Quorate.Benchmarks NAME");
return 2;
